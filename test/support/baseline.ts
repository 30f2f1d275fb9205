/** A process that nobody uses any more holds as little as at its start. */
import type { ProcessStats } from "./process-stats.ts";
import { scaled, until } from "./wait.ts";

/** Longer than MCP_KEEP_ALIVE_MS of the server, after which idle connections close; what was exported is then forgotten. */
const REST_MS = scaled(30_000);

export const COUNTED = ["handles", "timers", "sessions", "calls", "spans"] as const;

/** @returns what there is more of than at the start, the heap apart */
export const grown = (now: ProcessStats, start: ProcessStats) => COUNTED.filter((what) => now[what] > start[what]);

/** @returns the processStats once nothing is more than at the start, or what they are when that does not come */
export async function untilBaseline(look: () => Promise<ProcessStats>, start: ProcessStats): Promise<ProcessStats> {
  const deadline = performance.now() + REST_MS;
  let now = start;
  await until(async () => {
    now = await look();
    return grown(now, start).length === 0 || performance.now() > deadline;
  }, "a process at rest");
  return now;
}
