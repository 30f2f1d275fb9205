/** Counts the log lines, spans and metric samples of a run, to show that no variant was fast because it lost some. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Server } from "./process.ts";

const OPERATIONS = "mcp_server_operation_duration_seconds_count";

export interface Signals {
  /** Requests and notifications that the clients sent. */
  readonly sent: number;
  /** Finished requests and notifications, as the server counted them. */
  readonly requests: number;
  /** Log lines of finished requests. */
  readonly lines: number;
  /** Exported spans. */
  readonly spans: number;
  readonly lostSpans: number;
}

/** Longer than the server holds a batch of spans or a buffer of log lines. */
const SETTLE_MS = 2500;

/** @returns the text of the server's `/metrics`; undefined if it does not serve them */
export async function lastScrape({ metricsUrl }: Server): Promise<string | undefined> {
  await sleep(SETTLE_MS);
  const text = await fetch(metricsUrl).then(
    (response) => response.text(),
    () => "",
  );
  return text.includes(`${OPERATIONS}{`) ? text : undefined;
}

/** Call it after the server has stopped. @param metrics its last scrape */
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

/** The sum over all series of a metric. */
function sum(metrics: string, name: string): number {
  let total = 0;
  for (const [, value] of metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, "gm"))) total += Number(value);
  return total;
}
