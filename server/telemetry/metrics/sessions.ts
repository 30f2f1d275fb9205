/** The metrics of sessions: their number, their age and how they ended. */
import { METRICS, NETWORK_TRANSPORT, SESSION_END_REASONS, type SessionEndReason, TRANSPORTS } from "../conventions.ts";
import type { Session } from "../request/session.ts";
import { counter, gauge, histogram, serverLabel } from "./define.ts";
import type { MetricsRegistry } from "./registry.ts";

export type SessionMetrics = ReturnType<typeof sessionMetrics>;

export function sessionMetrics(registry: MetricsRegistry) {
  /** In the order in which they opened. */
  const open = new Set<Session>();
  const ended = counter(registry, METRICS.sessions);
  const duration = histogram(registry, METRICS.sessionDuration);
  for (const end_reason of SESSION_END_REASONS) ended.inc({ transport: "http", end_reason }, 0);
  gauge(registry, METRICS.activeSessions, (metric) => {
    metric.reset();
    for (const transport of TRANSPORTS) metric.set({ transport }, 0);
    for (const { transport, server } of open) metric.inc({ transport, ...serverLabel(server) });
  });
  gauge(registry, METRICS.oldestSession, (metric) => {
    const [oldest] = open;
    metric.set(oldest === undefined ? 0 : secondsOpen(oldest));
  });

  return {
    opened(session: Session): void {
      open.add(session);
    },

    /** @param isCutOff whether its transport closed while requests waited for their answers */
    closed(session: Session, end_reason: SessionEndReason, isCutOff: boolean): void {
      if (!open.delete(session)) return;
      const server = serverLabel(session.server);
      ended.inc({ transport: session.transport, end_reason, ...server });
      const labels = {
        mcp_protocol_version: session.protocolVersion ?? "",
        network_transport: NETWORK_TRANSPORT[session.transport],
        error_type: isCutOff || end_reason === "evicted" ? end_reason : "",
        ...server,
      };
      duration.observe(labels, secondsOpen(session));
    },

    isOpen: (sessionId: string): boolean => [...open].some(({ id }) => id === sessionId),
  };
}

const secondsOpen = ({ startedAt }: Session): number => (performance.now() - startedAt) / 1000;
