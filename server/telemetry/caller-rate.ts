/** Who shares a limit, and limits of a rate for each of them. */
import { ANONYMOUS } from "./conventions.ts";

/**
 * Who shares a limit: an authenticated subject, or the network of an anonymous peer.
 *
 * @param address of the peer; undefined when it has disconnected
 */
export const callerKey = (subject: string, address: string | undefined): string =>
  subject === ANONYMOUS ? `${ANONYMOUS} ${networkOf(address ?? "")}` : subject;

/** One client has a whole IPv6 network of 64 bits. An IPv4 address stays as it is. */
function networkOf(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const [start = ""] = address.split("::");
  return start.split(":").slice(0, 4).join(":");
}

const MAX_CALLERS = 10_000;

/** Whether a caller is within its rate. @param count what is taken from the rate; 1 without it */
type IsWithinRate = (caller: string, count?: number) => boolean;

/**
 * A token bucket for each caller, which holds the tokens of one second. Whoever has a token left may take more than it
 * has, and then waits longer: so a batch that is larger than the bucket is not refused for ever.
 */
export function ratePerCaller(perSecond: number): IsWithinRate {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (caller, count = 1) => {
    const now = performance.now();
    let bucket = buckets.get(caller);
    if (bucket === undefined) {
      if (buckets.size >= MAX_CALLERS) buckets.delete(buckets.keys().next().value ?? "");
      bucket = { tokens: perSecond, at: now };
      buckets.set(caller, bucket);
    }
    bucket.tokens = Math.min(perSecond, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= count;
    return true;
  };
}
