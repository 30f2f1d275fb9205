/** Polling. */
import { setTimeout as sleep } from "node:timers/promises";

const INTERVAL_MS = 250;

/** Tries until `attempt` returns something. @throws its last error, or that there was no result, after `ms` milliseconds */
export async function eventually<T>(ms: number, attempt: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + ms;
  let problem = "no result";
  for (;;) {
    try {
      const found = await attempt();
      if (found !== undefined) return found;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    if (performance.now() > deadline) throw new Error(`${problem} (within ${Math.round(ms / 1000)} s)`);
    await sleep(INTERVAL_MS);
  }
}
