/**
 * Limits what one caller has in progress without sessions: its messages, and its subscriptions. A subscription stays open
 * for hours, so it takes no place of a message.
 */
import { Rejection } from "../rejection.ts";

export interface InFlightLimits {
  /** Of one caller. */
  readonly maxMessagesInFlight: number;
  /** Of all callers. One of them may have half. */
  readonly maxSubscriptions: number;
}

export function inFlight({ maxMessagesInFlight, maxSubscriptions }: InFlightLimits) {
  const messages = countByCaller();
  const subscriptions = countByCaller();
  const maxSubscriptionsPerCaller = Math.ceil(maxSubscriptions / 2);
  return {
    /**
     * @param caller see `callerKey`
     * @returns a function to call when the message has been answered and its handler has ended
     * @throws {Rejection}
     */
    begin(caller: string, method: string): () => void {
      if (method !== "subscriptions/listen") {
        if (messages.of(caller) >= maxMessagesInFlight) throw new Rejection("too_many_messages");
        return messages.add(caller);
      }
      if (subscriptions.all() >= maxSubscriptions || subscriptions.of(caller) >= maxSubscriptionsPerCaller) {
        throw new Rejection("too_many_subscriptions");
      }
      return subscriptions.add(caller);
    },
  };
}

function countByCaller() {
  /** Has no member for a caller without any. */
  const counts = new Map<string, number>();
  let all = 0;
  const of = (caller: string) => counts.get(caller) ?? 0;
  const change = (caller: string, by: 1 | -1) => {
    all += by;
    const count = of(caller) + by;
    if (count === 0) counts.delete(caller);
    else counts.set(caller, count);
  };
  return {
    of,
    all: () => all,
    add(caller: string): () => void {
      change(caller, 1);
      return () => change(caller, -1);
    },
  };
}
