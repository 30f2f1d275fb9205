/** A running server with `inside.ts` in it, for `runServer(own, ...INSIDE)`. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Vitals } from "../soak/vitals.ts";
import type { RunningServer } from "./running-server.ts";

export const INSIDE = ["server/main.ts", ["--import", "./server/test/inside.ts"]] as const;

export const command = (server: RunningServer, line: string): void => void server.process.stdin?.write(`${line}\n`);

/** Asks the server's process for its vitals, after a garbage collection. */
export async function vitals(server: RunningServer): Promise<Vitals> {
  const found = () => server.lines().filter(({ msg }) => msg === "vitals");
  const before = found().length;
  command(server, "vitals");
  await server.line((line) => line.msg === "vitals" && found().length > before);
  return found().at(-1) as unknown as Vitals;
}

/** Kept-alive connections close after five seconds without a request, and what was exported is forgotten. */
const REST_MS = 30_000;

/**
 * Waits until a process that nobody uses any more holds as little as at its start, its heap apart.
 *
 * @returns its vitals then, or those of the last look when that does not come
 */
export async function vitalsAtRest(server: RunningServer, start: Vitals): Promise<Vitals> {
  const deadline = performance.now() + REST_MS;
  for (;;) {
    const now = await vitals(server);
    if (hasGrown(now, start).length === 0 || performance.now() > deadline) return now;
    await sleep(250);
  }
}

/** @returns what there is more of than at the start, the heap apart */
export const hasGrown = (now: Vitals, start: Vitals) =>
  (["handles", "timers", "sessions", "calls", "spans"] as const).filter((what) => now[what] > start[what]);
