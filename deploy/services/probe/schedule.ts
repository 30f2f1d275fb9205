/** When probes happen: each target on a schedule of its own, jittered, so that no two of them stay in step. */
import { setTimeout as sleep } from "node:timers/promises";

/** Intervals are shortened by up to this share, never lengthened: a fault is noticed within two of them. */
const JITTER = 0.1;

/** Runs `work` once an interval, never twice at a time, until the signal fires. @param random from 0 to 1 */
export async function repeatedly(
  intervalMs: number,
  work: () => Promise<void>,
  signal: AbortSignal,
  random: () => number = Math.random,
): Promise<void> {
  let due = performance.now() + random() * intervalMs;
  for (;;) {
    await sleep(Math.max(0, due - performance.now()), undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    await work();
    due = Math.max(performance.now(), due + intervalMs * (1 - JITTER * random()));
  }
}
