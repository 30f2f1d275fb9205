/**
 * Preloaded into every server that is measured; answers the bench's questions over IPC. It costs all variants the
 * same, and nothing between the questions but an observer of garbage collections.
 */
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { PerformanceObserver } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";

/** Totals since the start of the process, except where it is said. */
export interface Reading {
  /** User and system time of all threads, microseconds. */
  readonly cpuUs: number;
  readonly allocatedBytes: number;
  readonly gcMs: number;
  /** Live after a full collection; only when that was asked for. */
  readonly retainedBytes: number | undefined;
  /** Longest time between two turns of the event loop since `watch`, milliseconds. */
  readonly longestGapMs: number;
}

export type Question = "read" | "collect" | "watch";

let gcMs = 0;
let watching = false;
let longestGapMs = 0;

new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) gcMs += duration;
}).observe({ entryTypes: ["gc"] });

process.on("message", (question: Question) => {
  profileTo(process.env.BENCH_PROFILE_TO);
  if (question === "watch") watch();
  else watching = false;
  process.send?.(reading(question === "collect"));
});
process.once("disconnect", () => process.exit());

let profiler: Session | undefined;

/** From the first question to the end of the process: the start-up is no part of a call. */
function profileTo(file: string | undefined): void {
  if (file === undefined || profiler !== undefined) return;
  const session = new Session();
  profiler = session;
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.start");
  process.once("exit", () => {
    session.post("Profiler.stop", (_error, { profile }) => writeFileSync(file, JSON.stringify(profile)));
  });
}

function reading(collect: boolean): Reading {
  const { user, system } = process.cpuUsage();
  const allocatedBytes = getHeapStatistics().total_allocated_bytes;
  return { cpuUs: user + system, allocatedBytes, gcMs, retainedBytes: collect ? retained() : undefined, longestGapMs };
}

function retained(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function watch(): void {
  watching = true;
  longestGapMs = 0;
  let last = performance.now();
  const turn = () => {
    const now = performance.now();
    longestGapMs = Math.max(longestGapMs, now - last);
    last = now;
    if (watching) setImmediate(turn);
  };
  setImmediate(turn);
}
