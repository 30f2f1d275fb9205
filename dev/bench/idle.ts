/**
 * What an idle session keeps on the heap, and what a call costs while many are open: sessions are opened up to the
 * greatest number, and at each station some calls go round all of them.
 */
import { Load, SMALL } from "./load.ts";
import { startServer } from "./process.ts";
import { costOf } from "./rounds.ts";
import { median } from "./statistics.ts";
import type { Variant } from "./variants.ts";

export interface Idle {
  /** Retained by one session that does nothing, bytes. */
  readonly bytesPerSession: number;
  /** CPU microseconds of a small call by the number of open sessions. */
  readonly cpuUsBySessions: Readonly<Record<number, number>>;
}

/** Calls at a time: with one session as with ten thousand. */
const CONCURRENCY = 10;
const REPEATS = 5;

/** @param stations numbers of sessions, ascending @param ms length of one measurement */
export async function idleSessions(
  variant: Variant,
  name: string,
  receiver: string,
  stations: readonly number[],
  ms: number,
): Promise<Idle> {
  const server = await startServer(variant, name, receiver);
  const load = new Load(server.url, CONCURRENCY);
  await load.open(1);
  await load.saturate(SMALL, 2000, CONCURRENCY);
  const before = (await server.ask("collect")).retainedBytes ?? 0;
  const cpuUsBySessions: Record<number, number> = {};
  for (const station of stations) {
    await load.open(station);
    const costs = [];
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      costs.push((await costOf(server, () => load.saturate(SMALL, ms, CONCURRENCY))).cpuUs);
    }
    cpuUsBySessions[station] = median(costs);
  }
  const after = (await server.ask("collect")).retainedBytes ?? 0;
  load.close();
  await server.stop();
  return { bytesPerSession: (after - before) / (load.sessions.length - 1), cpuUsBySessions };
}
