/** Measures the cost of the inspector at a steady call rate: off, on, and with its live page open in a browser. */
import { LoadGenerator, SMALL } from "./load.ts";
import { type Server, startServer } from "./process.ts";
import { costOf } from "./rounds.ts";
import { divide, medianOfRounds } from "./statistics.ts";
import type { Variant } from "./variants.ts";

export const MODES = ["off", "on", "watched"] as const;
type Mode = (typeof MODES)[number];

/** CPU microseconds per small call, by round. */
export type InspectorCosts = Readonly<Record<Mode, readonly number[]>>;

export const CALLS_PER_SECOND = 500;
const SESSIONS = 50;

/** @param ms length of one measurement, milliseconds */
export async function measureInspector(
  off: Variant,
  receiver: string,
  rounds: number,
  ms: number,
): Promise<InspectorCosts> {
  const on = { ...off, env: { ...off.env, MCP_INSPECT: "1" } };
  const watching = new AbortController();
  const running = new Map<Mode, { server: Server; load: LoadGenerator }>();
  for (const mode of MODES) {
    const server = await startServer(mode === "off" ? off : on, `inspector-${mode}`, receiver);
    const load = new LoadGenerator(server, SESSIONS);
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

/** CPU time per call with the inspector on, divided by CPU time per call with it off. */
export const inspectorRatio = ({ off, on }: InspectorCosts): number => medianOfRounds(on, off, divide);

/** @returns percent of one core that the inspector and an open live page take together */
export const watchedCorePercent = ({ off, watched }: InspectorCosts): number =>
  corePercent(medianOfRounds(watched, off, (cost, without) => cost - without));

/** @returns percent of one core that calls of this cost take at {@link CALLS_PER_SECOND} */
export const corePercent = (cpuUs: number): number => (cpuUs * CALLS_PER_SECOND) / 1e4;

/** Does what the page's script does: loads the page again whenever the server announces a change. */
async function watch({ metricsUrl }: Server, signal: AbortSignal): Promise<void> {
  try {
    const events = await fetch(new URL("/inspect/live", metricsUrl), { signal });
    for await (const _event of events.body ?? []) {
      await (await fetch(new URL("/inspect", metricsUrl), { signal })).arrayBuffer();
    }
    throw new Error("/inspect/live closed the stream during the measurement: the result would be wrong");
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
