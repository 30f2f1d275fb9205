/** A process that nobody uses any more holds as little as at its start. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessStats } from "./process-stats.ts";

/** Kept-alive connections close after five seconds without a request; what was exported is then forgotten. */
const REST_MS = 30_000;
const LOOK_MS = 250;

export const COUNTED = ["handles", "timers", "sessions", "calls", "spans"] as const;

/** @returns what there is more of than at the start, the heap apart */
export const grown = (now: ProcessStats, start: ProcessStats) => COUNTED.filter((what) => now[what] > start[what]);

/** @returns the processStats once nothing is more than at the start, or after 30 s what they are */
export async function untilBaseline(look: () => Promise<ProcessStats>, start: ProcessStats): Promise<ProcessStats> {
  const deadline = performance.now() + REST_MS;
  for (;;) {
    const now = await look();
    if (grown(now, start).length === 0 || performance.now() > deadline) return now;
    await sleep(LOOK_MS);
  }
}
