/** What the processes of the server use and lose while they are called: from their metrics pages, once a second. */
import { METRICS } from "mcp-telemetry/conventions";
import type { BackEnds } from "../lib/back-ends.ts";
import { samplesIn, sumOf } from "../lib/open-metrics.ts";

/** Of all replicas together; what is counted, since they started. */
export interface Usage {
  /** Of `performance.now()`. */
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  readonly spans: number;
  readonly lostSpans: number;
  readonly lostLines: number;
}

const INTERVAL_MS = 1000;

/** @throws when a page cannot be read */
export async function usageOf(backEnds: BackEnds): Promise<Usage> {
  const samples = (await backEnds.pages("/metrics")).flatMap(samplesIn);
  return {
    atMs: performance.now(),
    cpuSeconds: sumOf(samples, "process_cpu_seconds_total"),
    memoryBytes: sumOf(samples, "process_resident_memory_bytes"),
    spans: sumOf(samples, METRICS.spansExported.name),
    lostSpans: sumOf(samples, METRICS.spansDropped.name),
    lostLines: sumOf(samples, METRICS.logLinesDropped.name),
  };
}

/** Longer than the server holds a batch of spans or a buffer of log lines. */
export const SETTLE_MS = 2500;

/** Notes the usage until it is stopped. A page that cannot be read leaves a gap. */
export function watchUsage(backEnds: BackEnds): { readonly seen: readonly Usage[]; stop(): void } {
  const seen: Usage[] = [];
  const timer = setInterval(async () => {
    const usage = await usageOf(backEnds).catch(() => undefined);
    if (usage !== undefined) seen.push(usage);
  }, INTERVAL_MS);
  return { seen, stop: () => clearInterval(timer) };
}
