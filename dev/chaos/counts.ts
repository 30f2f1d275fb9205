/** What a run has counted at one time: by the server's metrics, in its log, and by the collector. */

import { METRICS, REJECTION_REASONS } from "mcp-telemetry/conventions";
import { Rejection } from "../../server/mcp/rejection.ts";
import { type Sample, sumOf } from "../lib/open-metrics.ts";
import type { Observed } from "./accounting.ts";
import type { BackEnds } from "./back-ends.ts";
import type { ReadLog } from "./log-count.ts";
import type { Ran } from "./properties.ts";
import type { Tally } from "./tally.ts";

export interface Counts {
  readonly metrics: Observed["metrics"];
  readonly log: ReadLog;
  readonly taken: Awaited<ReturnType<BackEnds["ask"]>>["taken"];
}

export function metricsIn(samples: readonly Sample[]): Observed["metrics"] {
  const sum = (name: string, labels: Record<string, string> = {}) => sumOf(samples, name, labels);
  const refusals: Record<string, number> = {};
  for (const reason of REJECTION_REASONS) {
    const [status] = new Rejection(reason).refusal;
    refusals[status] = (refusals[status] ?? 0) + sum(METRICS.httpRejections.name, { reason });
  }
  const idle = [METRICS.requestsInFlight, METRICS.openStreams, METRICS.bulkheadRunning, METRICS.bulkheadQueued];
  return {
    operations: sum(`${METRICS.operationDuration.name}_count`),
    refusals,
    openSessions: sum(METRICS.activeSessions.name),
    endedSessions: sum(METRICS.sessions.name),
    deletedSessions: sum(METRICS.sessions.name, { end_reason: "client_delete" }),
    linesDropped: sum(METRICS.logLinesDropped.name),
    spansExported: sum(METRICS.spansExported.name),
    spansDropped: sum(METRICS.spansDropped.name),
    inFlight: Object.fromEntries(idle.map(({ name }) => [name, sum(name)])),
  };
}

export const observed = ({ metrics, log, taken }: Counts, callers: Tally): Observed => ({
  callers,
  metrics,
  log,
  spans: {
    sessions: taken.byKind[1] ?? 0,
    operations: taken.byKind[2] ?? 0,
    outgoing: taken.byKind[3] ?? 0,
    duplicates: taken.duplicates,
  },
});

export const recoveryOf = (before: Counts, after: Counts): Ran["recovery"] => ({
  calls: after.metrics.operations - before.metrics.operations,
  lines: after.log.requests - before.log.requests,
  spans: (after.taken.byKind[2] ?? 0) - (before.taken.byKind[2] ?? 0),
  dropped:
    after.metrics.linesDropped - before.metrics.linesDropped + after.metrics.spansDropped - before.metrics.spansDropped,
});
