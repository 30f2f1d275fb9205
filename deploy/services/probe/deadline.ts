/** The deadline of a step. */
import { ProbeFailure } from "./failure.ts";

/** @throws {ProbeFailure} `timeout` after `ms` milliseconds; it does not cancel `work`, so the caller has to */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise: timedOut, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new ProbeFailure("timeout", `no answer within ${ms} ms`)), ms);
  try {
    return await Promise.race([work, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}
