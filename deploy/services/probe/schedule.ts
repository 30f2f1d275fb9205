/** The schedule of probes. Each target has its own, with jitter, so that targets are not probed at the same moment. */
import { setTimeout as sleep } from "node:timers/promises";

/** Intervals are shortened by up to this share and never lengthened, so that a fault is found within two of them. */
const JITTER = 0.1;

/** Runs `work` once an interval until the signal fires; runs do not overlap. @param random returns 0 to 1 */
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
