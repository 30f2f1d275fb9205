/** What the inspector takes at a steady rate: off, on, and with its page open in a browser that follows it live. */
import { Load, SMALL } from "./load.ts";
import { type Server, startServer } from "./process.ts";
import { costOf } from "./rounds.ts";
import { medianRound, quotient } from "./statistics.ts";
import type { Variant } from "./variants.ts";

export const MODES = ["off", "on", "watched"] as const;
type Mode = (typeof MODES)[number];

/** CPU microseconds per small call, by round. */
export type Inspected = Readonly<Record<Mode, readonly number[]>>;

export const CALLS_PER_SECOND = 500;
const SESSIONS = 50;

/** @param ms length of one measurement */
export async function inspected(off: Variant, receiver: string, rounds: number, ms: number): Promise<Inspected> {
  const on = { ...off, env: { ...off.env, MCP_INSPECT: "1" } };
  const watching = new AbortController();
  const running = new Map<Mode, { server: Server; load: Load }>();
  for (const mode of MODES) {
    const server = await startServer(mode === "off" ? off : on, `inspector-${mode}`, receiver);
    const load = new Load(server.url, SESSIONS);
    await load.open(SESSIONS);
    await load.saturate(SMALL, 3000);
    if (mode === "watched") void watch(server, watching.signal);
    running.set(mode, { server, load });
  }
  const costs: Record<Mode, number[]> = { off: [], on: [], watched: [] };
  for (let round = 1; round <= rounds; round += 1) {
    for (const [mode, { server, load }] of running) {
      costs[mode].push((await costOf(server, () => load.pace(SMALL, ms, CALLS_PER_SECOND))).cpuUs);
    }
  }
  watching.abort();
  for (const { server, load } of running.values()) {
    load.close();
    await server.stop();
  }
  return costs;
}

/** To a server without it. */
export const inspectedRatio = ({ off, on }: Inspected): number => medianRound(on, off, quotient);

/** @returns percent of one core that following it live takes, the inspector included */
export const watchedShare = ({ off, watched }: Inspected): number =>
  corePercent(medianRound(watched, off, (cost, without) => cost - without));

/** @returns percent of one core that calls of such a cost take at the rate they were measured at */
export const corePercent = (cpuUs: number): number => (cpuUs * CALLS_PER_SECOND) / 1e4;

/** As the page's script does it: with each word that there is something new, the page anew. */
async function watch({ metricsUrl }: Server, signal: AbortSignal): Promise<void> {
  try {
    const events = await fetch(new URL("/inspect/live", metricsUrl), { signal });
    for await (const _event of events.body ?? []) {
      await (await fetch(new URL("/inspect", metricsUrl), { signal })).arrayBuffer();
    }
    throw new Error("/inspect/live ended while it was followed: nothing was measured");
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
