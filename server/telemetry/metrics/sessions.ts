/** The metrics of sessions: their number, their age and how they ended. */
import { METRICS, NETWORK_TRANSPORT, SESSION_END_REASONS, type SessionEndReason, TRANSPORTS } from "../conventions.ts";
import type { Session } from "../request/session.ts";
import { counter, gauge, histogram } from "./define.ts";
import type { MetricsRegistry } from "./registry.ts";

export class SessionMetrics {
  readonly #open = new Set<Session>();
  readonly #ended;
  readonly #duration;

  constructor(registry: MetricsRegistry) {
    this.#ended = counter(registry, METRICS.sessions);
    this.#duration = histogram(registry, METRICS.sessionDuration);
    for (const end_reason of SESSION_END_REASONS) this.#ended.inc({ transport: "http", end_reason }, 0);
    gauge(registry, METRICS.activeSessions, (metric) => {
      for (const transport of TRANSPORTS) metric.set({ transport }, this.#count(transport));
    });
    gauge(registry, METRICS.oldestSession, (metric) => metric.set(this.#oldestSeconds()));
  }

  opened(session: Session): void {
    this.#open.add(session);
  }

  closed(session: Session, end_reason: SessionEndReason): void {
    if (!this.#open.delete(session)) return;
    this.#ended.inc({ transport: session.transport, end_reason });
    this.#duration.observe(
      {
        mcp_protocol_version: session.protocolVersion ?? "",
        network_transport: NETWORK_TRANSPORT[session.transport],
        error_type: "",
      },
      (performance.now() - session.startedAt) / 1000,
    );
  }

  isOpen(sessionId: string): boolean {
    for (const { id } of this.#open) if (id === sessionId) return true;
    return false;
  }

  #count(transport: string): number {
    let count = 0;
    for (const session of this.#open) if (session.transport === transport) count += 1;
    return count;
  }

  /** The set keeps the sessions in the order in which they opened. */
  #oldestSeconds(): number {
    const [oldest] = this.#open;
    return oldest === undefined ? 0 : (performance.now() - oldest.startedAt) / 1000;
  }
}
