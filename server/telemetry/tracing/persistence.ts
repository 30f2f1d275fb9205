/** Keeps a batch that a collector did not take, and hands it over again: an outage of minutes then loses no span. */
import { type Deliver, type Delivery, NotSent } from "./delivery.ts";

/** Between two attempts, in milliseconds. Within an attempt, the exporter waits longer after each failure, up to this. */
const PAUSE_MS = 5000;

/** Statuses of gRPC after which OTLP allows another attempt: cancelled, too late, aborted, out of range, unavailable, lost. */
const TRANSIENT_STATUSES = new Set([1, 4, 10, 11, 14, 15]);

/**
 * @param attemptMs longest attempt
 * @param keepMs longest time for a batch with all its attempts
 * @param failed called after each attempt that failed
 */
export function persistent(deliver: Deliver, attemptMs: number, keepMs: number, failed: () => void): Deliver {
  return (spans, done) => {
    const lastStart = performance.now() + keepMs - attemptMs - PAUSE_MS;
    let cancel = () => {};
    let cancelled = false;
    const attempt = () => {
      let over = false;
      const stop = deliver(spans, (result) => {
        over = true;
        if (result.error !== undefined) failed();
        if (cancelled || !mayPass(result) || performance.now() > lastStart) return done(result);
        const timer = setTimeout(attempt, PAUSE_MS);
        timer.unref();
        cancel = () => {
          clearTimeout(timer);
          done(result);
        };
      });
      if (!over) cancel = stop;
    };
    attempt();
    return () => {
      cancelled = true;
      cancel();
    };
  };
}

/** Any other status of HTTP or gRPC, and an exporter that throws, would be the same the next time. */
function mayPass({ error }: Delivery): boolean {
  if (error === undefined || error instanceof NotSent) return false;
  const code = "code" in error ? error.code : undefined;
  return typeof code !== "number" || TRANSIENT_STATUSES.has(code);
}
