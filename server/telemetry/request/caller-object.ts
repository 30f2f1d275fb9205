/**
 * An object for each caller, which stands for the session where there is one. Without sessions, the calls of one agent
 * run belong together, or else those of one subject and client.
 */
import { ATTR } from "../conventions.ts";
import type { Call } from "./call.ts";

/** More callers than this at a time are forgotten, the oldest first. */
const MAX_CALLERS = 10_000;

/** @returns a function that finds the object of a call's caller */
export function callerObjects(): (call: Call) => object {
  const stateless = new Map<string, object>();
  return (call) => {
    if (!call.session.stateless) return call.session;
    const key = keyOf(call);
    const caller = stateless.get(key) ?? {};
    stateless.delete(key);
    stateless.set(key, caller);
    const [oldest] = stateless.keys();
    if (stateless.size > MAX_CALLERS && oldest !== undefined) stateless.delete(oldest);
    return caller;
  };
}

function keyOf({ session, userId, baggage }: Call): string {
  const run = baggage.find(({ attribute }) => attribute === ATTR.agentRunId)?.value;
  return JSON.stringify(run === undefined ? [userId, session.clientName] : [userId, "run", run]);
}
