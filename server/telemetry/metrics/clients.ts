/** Sessions and tool calls by the name that a client gives itself. */
import { METRICS, OTHER, OUTCOMES, type Outcome } from "../conventions.ts";
import type { FinishedCall } from "../request/outcome.ts";
import type { Session } from "../request/session.ts";
import { clientNames } from "./client-names.ts";
import { counter, histogram, serverLabel } from "./define.ts";
import type { MetricsRegistry } from "./registry.ts";

export type ClientMetrics = ReturnType<typeof clientMetrics>;

interface Calls {
  readonly mcp_client_name: string;
  readonly mcp_protocol_version: string;
  readonly mcp_server?: string;
  readonly byOutcome: Record<Outcome, number>;
}

export function clientMetrics(registry: MetricsRegistry) {
  const labelOf = clientNames();
  const sessions = counter(registry, METRICS.clientSessions);
  const duration = histogram(registry, METRICS.clientCallDuration);
  const callsOf = new Map<string, Calls>();
  counter(registry, METRICS.clientCalls, (metric) => {
    metric.reset();
    for (const { byOutcome, ...labels } of callsOf.values()) {
      for (const status of OUTCOMES) metric.inc({ ...labels, status }, byOutcome[status]);
    }
  });

  const callsIn = ({ clientLabel = OTHER, protocolVersion = "", server = "" }: Session): Calls => {
    const key = `${clientLabel} ${protocolVersion} ${server}`;
    let calls = callsOf.get(key);
    if (calls === undefined) {
      const byOutcome = { success: 0, error: 0, rejected: 0, cancelled: 0 };
      const labels = { mcp_client_name: clientLabel, mcp_protocol_version: protocolVersion };
      calls = { ...labels, ...serverLabel(server || undefined), byOutcome };
      callsOf.set(key, calls);
    }
    return calls;
  };

  /** Gives a session its label, and creates the series of its client with the value 0. */
  const named = (session: Session): Calls => {
    session.clientLabel = labelOf(session.clientName);
    return callsIn(session);
  };

  return {
    /** @param session which is initialized */
    sessionStarted(session: Session): void {
      const { byOutcome: _, ...labels } = named(session);
      sessions.inc(labels);
    },

    record({ call: { session }, verdict, durationMs, tool }: FinishedCall): void {
      if (session.stateless) named(session);
      if (tool === undefined) return;
      const { mcp_client_name, byOutcome } = callsIn(session);
      byOutcome[verdict.outcome] += 1;
      duration.observe({ mcp_client_name, ...serverLabel(session.server) }, durationMs / 1000);
    },
  };
}
