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
/** The detail of a component that is not there. */
export const ABSENT = "is not running";

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

/** The failures as rows, then in one line each what does not run, why other rows are not verified, and the counts. */
export function summary(findings: readonly Finding[]): string {
  const { ok: good = [], FAILED: bad = [], "not verified": open = [] } = Object.groupBy(findings, (of) => of.verdict);
  const reasons = Map.groupBy(open, ({ detail }) => detail);
  const absent = reasons.get(ABSENT) ?? [];
  reasons.delete(ABSENT);
  const others = [...reasons].map(([reason, { length }]) => `${length} (${reason})`);
  return [
    ...(bad.length > 0 ? [report(bad)] : []),
    ...(absent.length > 0 ? [`not running: ${absent.map(({ signal }) => signal).join(", ")}`] : []),
    ...(others.length > 0 ? [`rows that are not verified: ${others.join(", ")}`] : []),
    `${good.length} ok, ${bad.length} failed, ${open.length} not verified`,
  ].join("\n");
}

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
