/** No step waits for ever: what is not there in time has failed. */
import { ProbeFailure } from "./failure.ts";

/** @throws {ProbeFailure} `timeout`; what `work` does afterwards is ignored, so whoever started it ends it */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new ProbeFailure("timeout", `no answer within ${ms} ms`)), ms);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
