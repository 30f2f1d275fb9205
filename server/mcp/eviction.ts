/**
 * Which session gives way to a new one. A caller at its own limit loses its own oldest idle session. When the process is
 * full, the caller with the most sessions loses one, but never a caller with fewer sessions than the one that asks.
 */
import { Rejection } from "./rejection.ts";

export interface Evictable {
  /** Who opened it: see `callerKey`. */
  readonly caller: string;
  /** HTTP requests in progress, including event streams. Without any, the session is idle. */
  exchanges: number;
  /** Monotonic, in milliseconds. */
  idleSince: number;
}

export interface RoomLimits {
  readonly maxSessions: number;
  readonly maxSessionsPerCaller: number;
}

/**
 * @returns the session to end before `caller` opens one; undefined when there is room
 * @throws {Rejection} when there is no room and no session may be ended
 */
export function sessionToEvict<S extends Evictable>(
  open: ReadonlyMap<string, S>,
  caller: string,
  { maxSessions, maxSessionsPerCaller }: RoomLimits,
): S | undefined {
  const held = sessionsByCaller(open);
  const own = held(caller);
  const isCallerFull = own >= maxSessionsPerCaller;
  if (!isCallerFull && open.size < maxSessions) return undefined;
  const mayEnd = (session: S) => (isCallerFull ? session.caller === caller : held(session.caller) >= own);
  const comesFirst = (one: S, other: S) => {
    const more = held(one.caller) - held(other.caller);
    return more > 0 || (more === 0 && one.idleSince < other.idleSince);
  };
  let first: S | undefined;
  for (const session of open.values()) {
    if (session.exchanges > 0 || !mayEnd(session)) continue;
    if (first === undefined || comesFirst(session, first)) first = session;
  }
  if (first === undefined) throw new Rejection("too_many_sessions");
  return first;
}

function sessionsByCaller(open: ReadonlyMap<string, Evictable>): (caller: string) => number {
  const counts = new Map<string, number>();
  for (const { caller } of open.values()) counts.set(caller, (counts.get(caller) ?? 0) + 1);
  return (caller) => counts.get(caller) ?? 0;
}
