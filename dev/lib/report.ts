/** The report of smoke: one row for each signal. */
import { table } from "../../deploy/stack/table.ts";

export type Verdict = "ok" | "FAILED" | "not verified";

export interface Finding {
  readonly signal: string;
  readonly query: string;
  readonly verdict: Verdict;
  readonly detail: string;
}

const MAX_QUERY = 60;

export const ok = (signal: string, query: string, detail = ""): Finding => ({
  signal,
  query,
  verdict: "ok",
  detail,
});

export const failed = (signal: string, query: string, detail: string): Finding => ({
  signal,
  query,
  verdict: "FAILED",
  detail,
});

export const notVerified = (signal: string, query: string, detail: string): Finding => ({
  signal,
  query,
  verdict: "not verified",
  detail,
});

export const report = (findings: readonly Finding[]): string =>
  table([
    ["SIGNAL", "QUERY", "VERDICT", ""],
    ...findings.map(({ signal, query, verdict, detail }) => [signal, shorten(query), verdict, detail]),
  ]);

function shorten(query: string): string {
  const line = query.replace(/\s+/g, " ").trim();
  return line.length > MAX_QUERY ? `${line.slice(0, MAX_QUERY - 1)}…` : line;
}

/** @param look returns a detail of what it found; its error is the detail of a failure */
export async function finding(signal: string, query: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return ok(signal, query, await look());
  } catch (error) {
    return failed(signal, query, error instanceof Error ? error.message : String(error));
  }
}
