/** That no figure was bought with a signal: what the calls of a run left behind, of each kind, per call. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Server } from "./process.ts";

const OPERATIONS = "mcp_server_operation_duration_seconds_count";

export interface Signals {
  /** Requests and notifications the clients sent. */
  readonly sent: number;
  /** Finished requests and notifications, as the server counted them. */
  readonly requests: number;
  readonly lines: number;
  readonly spans: number;
  readonly lostSpans: number;
}

/** Longer than a batch of spans or a buffer of lines waits. */
const SETTLE_MS = 2500;

/** @returns undefined where this server's metrics are not served */
export async function lastScrape({ metricsUrl }: Server): Promise<string | undefined> {
  await sleep(SETTLE_MS);
  const text = await fetch(metricsUrl).then(
    (response) => response.text(),
    () => "",
  );
  return text.includes(`${OPERATIONS}{`) ? text : undefined;
}

/** Call when the server has stopped. @param metrics its last scrape */
export async function signalsOf({ log }: Server, metrics: string, sent: number): Promise<Signals> {
  let lines = 0;
  for await (const line of createInterface({ input: createReadStream(log) })) {
    if (line.includes('"msg":"request"')) lines += 1;
  }
  return {
    sent,
    requests: sum(metrics, OPERATIONS),
    lines,
    spans: sum(metrics, "mcp_trace_spans_exported_total"),
    lostSpans: sum(metrics, "mcp_trace_spans_dropped_total"),
  };
}

/** Of all series of a metric. */
function sum(metrics: string, name: string): number {
  let total = 0;
  for (const [, value] of metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, "gm"))) total += Number(value);
  return total;
}
