/**
 * Preloaded into every measured server. It answers the bench's commands over IPC. Between two commands it only runs an
 * observer of garbage collections, which costs every variant the same.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { PerformanceObserver } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";

/** Totals since the start of the process, unless a field says otherwise. */
export interface Reading {
  /** User and system time of all threads, microseconds. */
  readonly cpuUs: number;
  readonly allocatedBytes: number;
  /** System calls that read or write; 0 where the system does not count them (other than Linux). */
  readonly systemCalls: number;
  readonly gcMs: number;
  /** Heap in use after a full collection; only in the answer to `read-after-gc`. */
  readonly retainedBytes: number | undefined;
  /** Longest time between two turns of the event loop since `watch-event-loop`, milliseconds. */
  readonly maxEventLoopDelayMs: number;
}

export type MeterCommand = "read" | "read-after-gc" | "watch-event-loop";

let gcMs = 0;
let watching = false;
let maxEventLoopDelayMs = 0;

new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) gcMs += duration;
}).observe({ entryTypes: ["gc"] });

process.on("message", (command: MeterCommand) => {
  startProfile(process.env.BENCH_PROFILE_TO);
  if (command === "watch-event-loop") watchEventLoop();
  else watching = false;
  process.send?.(reading(command === "read-after-gc"));
});
process.once("disconnect", () => process.exit());

let profiler: Session | undefined;

/** Profiles from the first command to the end of the process, so that the start-up is left out. */
function startProfile(file: string | undefined): void {
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

function reading(afterGc: boolean): Reading {
  const { user, system } = process.cpuUsage();
  const allocatedBytes = getHeapStatistics().total_allocated_bytes;
  return {
    cpuUs: user + system,
    allocatedBytes,
    systemCalls: systemCalls(),
    gcMs,
    retainedBytes: afterGc ? heapAfterGc() : undefined,
    maxEventLoopDelayMs,
  };
}

function systemCalls(): number {
  try {
    const counts = readFileSync("/proc/self/io", "utf8").matchAll(/^sysc[rw]: (\d+)$/gm);
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  } catch {
    return 0;
  }
}

function heapAfterGc(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function watchEventLoop(): void {
  watching = true;
  maxEventLoopDelayMs = 0;
  let last = performance.now();
  const turn = () => {
    const now = performance.now();
    maxEventLoopDelayMs = Math.max(maxEventLoopDelayMs, now - last);
    last = now;
    if (watching) setImmediate(turn);
  };
  setImmediate(turn);
}
