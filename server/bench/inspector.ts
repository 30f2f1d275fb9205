/** What the inspector takes at a steady rate: off, on, and with its page open in a browser that follows it live. */
import { Load, SMALL } from "./load.ts";
import { type Server, startServer } from "./process.ts";
import { costOf } from "./rounds.ts";
import { median } from "./statistics.ts";
import type { Variant } from "./variants.ts";

/** CPU microseconds per small call, by round. */
export type Inspected = Readonly<Record<"off" | "on" | "watched", readonly number[]>>;

export const CALLS_PER_SECOND = 500;
const SESSIONS = 50;

/** @param ms length of one measurement */
export async function inspected(off: Variant, receiver: string, rounds: number, ms: number): Promise<Inspected> {
  const on = { ...off, env: { ...off.env, MCP_INSPECT: "1" } };
  const watching = new AbortController();
  const costs = { off: [] as number[], on: [] as number[], watched: [] as number[] };
  const running: { server: Server; load: Load; measured: number[] }[] = [];
  for (const [name, variant] of [
    ["off", off],
    ["on", on],
    ["watched", on],
  ] as const) {
    const server = await startServer(variant, `inspector-${name}`, receiver);
    const load = new Load(server.url, SESSIONS);
    await load.open(SESSIONS);
    await load.saturate(SMALL, 3000);
    if (name === "watched") void watch(server, watching.signal);
    running.push({ server, load, measured: costs[name] });
  }
  for (let round = 1; round <= rounds; round += 1) {
    for (const { server, load, measured } of running) {
      measured.push((await costOf(server, () => load.pace(SMALL, ms, CALLS_PER_SECOND))).cpuUs);
    }
  }
  watching.abort();
  for (const { server, load } of running) {
    load.close();
    await server.stop();
  }
  return costs;
}

/** To a server without it, round by round, the median of that. */
export const inspectedRatio = ({ off, on }: Inspected): number =>
  median(on.map((cost, round) => cost / (off[round] ?? Number.NaN)));

/** @returns percent of one core that following it live takes, the inspector included */
export const watchedShare = ({ off, watched }: Inspected): number =>
  corePercent(median(watched.map((cost, round) => cost - (off[round] ?? Number.NaN))));

/** @returns percent of one core that calls of such a cost take at the rate they were measured at */
export const corePercent = (cpuUs: number): number => (cpuUs * CALLS_PER_SECOND) / 1e4;

/** As the page's script does it: with each word that there is something new, the page anew. */
async function watch({ metricsUrl }: Server, signal: AbortSignal): Promise<void> {
  const events = await fetch(new URL("/inspect/live", metricsUrl), { signal });
  try {
    for await (const _event of events.body ?? []) {
      await (await fetch(new URL("/inspect", metricsUrl), { signal })).arrayBuffer();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
