/**
 * Measures the heap that an idle session retains, and the cost of a call while many sessions are open. It opens more
 * sessions step by step; at each step it sends calls that take turns over all open sessions.
 */
import { LoadGenerator, SMALL } from "./load.ts";
import { startServer } from "./process.ts";
import { costOf } from "./rounds.ts";
import { median } from "./statistics.ts";
import type { Variant } from "./variants.ts";

export interface IdleSessions {
  /** Heap bytes that one idle session retains. */
  readonly bytesPerSession: number;
  /** CPU microseconds per small call, by the number of open sessions. */
  readonly cpuUsBySessions: Readonly<Record<number, number>>;
}

/** Concurrent calls, the same at every number of sessions. */
const CONCURRENCY = 10;
const REPEATS = 5;

/** @param sessionCounts ascending @param ms length of one measurement, milliseconds */
export async function measureIdleSessions(
  variant: Variant,
  name: string,
  receiver: string,
  sessionCounts: readonly number[],
  ms: number,
): Promise<IdleSessions> {
  const server = await startServer(variant, name, receiver);
  const load = new LoadGenerator(server, CONCURRENCY);
  await load.open(1);
  await load.saturate(SMALL, 2000, CONCURRENCY);
  const before = (await server.meter("read-after-gc")).retainedBytes ?? 0;
  const cpuUsBySessions: Record<number, number> = {};
  for (const sessionCount of sessionCounts) {
    await load.open(sessionCount);
    const costs = [];
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      costs.push((await costOf(server, () => load.saturate(SMALL, ms, CONCURRENCY))).cpuUs);
    }
    cpuUsBySessions[sessionCount] = median(costs);
  }
  const after = (await server.meter("read-after-gc")).retainedBytes ?? 0;
  load.close();
  await server.stop();
  return { bytesPerSession: (after - before) / (load.sessions.length - 1), cpuUsBySessions };
}
