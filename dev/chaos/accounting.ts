/**
 * Whether every request, line and span of a run is accounted for: what the callers saw, what the metrics say, what is
 * in the log and what the collector took are compared. Pure: what is compared is given.
 */
import type { Tally } from "./tally.ts";

export interface Property {
  readonly name: string;
  readonly holds: boolean;
  /** The numbers, and what they differ by. */
  readonly seen: string;
}

/** A run at rest: nobody calls, nothing waits to be written or exported. */
export interface Observed {
  /** Of all callers. */
  readonly callers: Tally;
  /** By the server's metrics. */
  readonly metrics: {
    readonly operations: number;
    /** Refusals at the HTTP edge by their status. */
    readonly refusals: Readonly<Record<string, number>>;
    readonly openSessions: number;
    readonly endedSessions: number;
    readonly deletedSessions: number;
    readonly linesDropped: number;
    readonly spansExported: number;
    readonly spansDropped: number;
    /** Gauges that are 0 at rest. */
    readonly inFlight: Readonly<Record<string, number>>;
  };
  readonly log: LogCount;
  /** Taken by the collector. */
  readonly spans: {
    readonly operations: number;
    readonly sessions: number;
    readonly outgoing: number;
    readonly duplicates: number;
  };
}

/** Lines of the log. */
export interface LogCount {
  requests: number;
  refusals: number;
  sessionsStarted: number;
  sessionsEnded: number;
  /** Of any other message. */
  others: number;
  /** Lines of a request that has one already. */
  duplicates: number;
  /** What is no JSON. */
  torn: number;
}

/** Outgoing requests of one lookup at most: three attempts, each with a redirect. */
const MOST_OUTGOING = 6;

export const accounting = (observed: Observed): Property[] => [
  operations(observed),
  refusals(observed),
  exchanges(observed),
  sessions(observed),
  atRest(observed),
  lines(observed),
  spans(observed),
];

function operations({ callers, metrics }: Observed): Property {
  const sure = callers.operations;
  const most = sure + callers.possible.operations;
  return {
    name: "requests: counted as answered",
    holds: within(metrics.operations, sure, most),
    seen: `${metrics.operations} counted; callers know of ${range(sure, most)}`,
  };
}

/** Each status for itself; what callers did not wait for may have been refused with any. */
function refusals({ callers, metrics }: Observed): Property {
  const statuses = [...new Set([...Object.keys(callers.refusals), ...Object.keys(metrics.refusals)])].sort();
  const rows = statuses.map((status) => {
    const sure = callers.refusals[status] ?? 0;
    const counted = metrics.refusals[status] ?? 0;
    return { status, sure, counted, holds: within(counted, sure, sure + callers.possible.refusals) };
  });
  const beyond = sum(rows.map(({ sure, counted }) => Math.max(0, counted - sure)));
  return {
    name: "requests: refusals counted",
    holds: rows.every(({ holds }) => holds) && beyond <= callers.possible.refusals,
    seen: rows
      .filter(({ sure, counted }) => sure + counted > 0)
      .map(({ status, sure, counted, holds }) => `${status}: ${counted} of ${sure}${holds ? "" : " WRONG"}`)
      .concat(`${callers.possible.refusals} not waited for`)
      .join(", "),
  };
}

function exchanges({ callers }: Observed): Property {
  const rows = Object.entries(callers.unanswered).sort(([, a], [, b]) => b - a);
  return {
    name: "requests: every exchange ends",
    holds: rows.length === 0,
    seen: rows.length === 0 ? "all ended" : rows.map(([caller, count]) => `${caller}: ${count} never ended`).join(", "),
  };
}

function sessions({ callers, metrics: { openSessions, endedSessions, deletedSessions } }: Observed): Property {
  const { opened, deleted, possible } = callers;
  return {
    name: "sessions: the gauge is what is open",
    holds:
      within(openSessions + endedSessions, opened, opened + possible.opened) &&
      within(deletedSessions, deleted, deleted + possible.deleted),
    seen:
      `${openSessions} open + ${endedSessions} ended; callers opened ${range(opened, opened + possible.opened)}; ` +
      `${deletedSessions} deleted of ${range(deleted, deleted + possible.deleted)}`,
  };
}

function atRest({ metrics: { inFlight } }: Observed): Property {
  const rows = Object.entries(inFlight).filter(([, value]) => value !== 0);
  return {
    name: "gauges: nothing in flight",
    holds: rows.length === 0,
    seen: rows.length === 0 ? "all 0" : rows.map(([name, value]) => `${name} ${value}`).join(", "),
  };
}

/** Lines of known kinds that are not there were dropped; what else was dropped is of other kinds, which are few. */
function lines({ metrics, log }: Observed): Property {
  const missing = {
    request: metrics.operations - log.requests,
    refused: sum(Object.values(metrics.refusals)) - log.refusals,
    started: metrics.openSessions + metrics.endedSessions - log.sessionsStarted,
    ended: metrics.endedSessions - log.sessionsEnded,
  };
  const lost = sum(Object.values(missing));
  return {
    name: "lines: one each, or counted as dropped",
    holds:
      Object.values(missing).every((count) => count >= 0) &&
      within(metrics.linesDropped, lost, lost + (lost === 0 ? 0 : log.others)) &&
      log.duplicates === 0,
    seen:
      `${log.requests} of ${metrics.operations} requests; missing ${JSON.stringify(missing).replace(/["{}]/g, "")}; ` +
      `${metrics.linesDropped} counted as dropped; ${log.duplicates} double, ${log.torn} torn`,
  };
}

/** Likewise: spans of outgoing requests, whose number callers know only roughly, may be among the dropped. */
function spans({ callers, metrics, spans }: Observed): Property {
  const { operations, sessions, outgoing, duplicates } = spans;
  const missing = { operations: metrics.operations - operations, sessions: metrics.endedSessions - sessions };
  const lost = missing.operations + missing.sessions;
  const taken = operations + sessions + outgoing;
  return {
    name: "spans: taken by the collector, or counted as dropped",
    holds:
      missing.operations >= 0 &&
      missing.sessions >= 0 &&
      taken === metrics.spansExported &&
      within(metrics.spansDropped, lost, lost === 0 ? 0 : lost + callers.lookups * MOST_OUTGOING - outgoing) &&
      duplicates === 0,
    seen:
      `${taken} taken, ${metrics.spansExported} counted as exported; missing ${missing.operations} of requests, ` +
      `${missing.sessions} of sessions; ${metrics.spansDropped} counted as dropped; ${duplicates} double`,
  };
}

const within = (value: number, low: number, high: number) => low <= value && value <= high;
const range = (low: number, high: number) => (low === high ? `${low}` : `${low} to ${high}`);
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
