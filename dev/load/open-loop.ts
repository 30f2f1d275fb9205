/**
 * Makes calls at fixed times, whether earlier ones were answered or not. A latency counts from the time at which its call was
 * due: a server that stalls for a second is late for every call of that second, not for the one that waits.
 */
import { setTimeout as sleep } from "node:timers/promises";

/** Times are milliseconds since the first call was due. */
export interface MadeCall {
  readonly dueMs: number;
  /** When it was sent: later than it was due when this process had no time. */
  readonly sentMs: number;
  readonly endMs: number;
  readonly failure: string | undefined;
}

export const latencyOf = ({ dueMs, endMs }: MadeCall): number => endMs - dueMs;

/**
 * @param perSecond above 0
 * @param call gets the number of the call, from 0 @returns what failed
 * @returns every call, when all have ended
 */
export async function openLoop(
  perSecond: number,
  seconds: number,
  call: (number: number) => Promise<string | undefined>,
  signal: AbortSignal,
): Promise<readonly MadeCall[]> {
  const total = Math.round(perSecond * seconds);
  const start = performance.now();
  const now = () => performance.now() - start;
  const make = async (number: number): Promise<MadeCall> => {
    const dueMs = (number / perSecond) * 1000;
    const sentMs = now();
    const failure = await call(number);
    return { dueMs, sentMs, endMs: now(), failure };
  };
  const calls: Promise<MadeCall>[] = [];
  while (calls.length < total && !signal.aborted) {
    const due = Math.min(total, Math.floor((now() / 1000) * perSecond) + 1);
    while (calls.length < due) calls.push(make(calls.length));
    await sleep(1);
  }
  return Promise.all(calls);
}
