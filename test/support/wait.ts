/**
 * How long tests wait: every limit of a test comes from here. TEST_WAIT_FACTOR, a whole number, multiplies them all on
 * a machine that is slow or busy.
 */
import { setTimeout as sleep } from "node:timers/promises";

const FACTOR = Number(process.env.TEST_WAIT_FACTOR || 1);

/** @returns a duration that is reached only when something is wrong, in milliseconds, as long as this machine needs it */
export const scaled = (ms: number): number => ms * FACTOR;

/** For whatever should happen soon. Only a test that fails waits that long. */
const LIMIT_MS = 60_000;
const FIRST_LOOK_MS = 10;
const LAST_LOOK_MS = 200;

/**
 * Looks again and again until there is something to see.
 * @param look found nothing yet when it returns undefined or false; an error that it throws ends the wait
 * @param what stands in the error: what was waited for, and what there was instead
 * @param limitMs more than a minute where that is how long the thing itself takes
 * @throws when `look` found nothing by then
 */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  what: string | (() => string),
  limitMs = LIMIT_MS,
): Promise<T> {
  const deadline = performance.now() + scaled(limitMs);
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(LAST_LOOK_MS, pause * 1.2)) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) {
      throw new Error(`not within ${scaled(limitMs) / 1000} s: ${typeof what === "string" ? what : what()}`);
    }
    await sleep(pause);
  }
}

/** Gives something that must not happen the time to happen. A test that passes too early is the worst that it can do. */
export const timeToGoWrong = (ms: number): Promise<void> => sleep(scaled(ms));
