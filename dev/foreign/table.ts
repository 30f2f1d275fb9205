/** What was found: a row for each client and step. */
import { table } from "../../deploy/stack/table.ts";
import type { ForeignClient } from "./clients.ts";
import { versionOf } from "./install.ts";

export type Verdict = "ok" | "FAILED" | "not verified";

export interface Row {
  readonly client: string;
  readonly transport: string;
  readonly step: string;
  readonly verdict: Verdict;
  readonly detail: string;
}

/** @param found what is wrong; a text says why the step does not apply */
export const row = (client: ForeignClient, transport: string, step: string, found: readonly string[] | string): Row =>
  typeof found === "string"
    ? rowWith(client, transport, step, "ok", found)
    : rowWith(client, transport, step, found.length === 0 ? "ok" : "FAILED", found.join("; "));

export const rowWith = (
  client: ForeignClient,
  transport: string,
  step: string,
  verdict: Verdict,
  detail: string,
): Row => ({
  client: `${client.name} ${versionOf(client)}`,
  transport,
  step,
  verdict,
  detail: detail.replace(/\s+/g, " "),
});

export const tableOf = (rows: readonly Row[]): string =>
  table([
    ["CLIENT", "OVER", "STEP", "VERDICT", ""],
    ...rows.map(({ client, transport, step, verdict, detail }) => [client, transport, step, verdict, detail]),
  ]);
