/**
 * Metrics that the boards read and others emit: names that `server/telemetry/conventions.ts` does not own. Where
 * one needs a part of the stack of its own, it says which, so that a check can tell "broken" from "not here".
 */

/** A part of the stack, besides Prometheus and what it scrapes, without which a metric does not exist. */
export type Source = "otlp-receiver" | "tempo";

/** All that a query needs to know of a metric; `MetricDefinition` of the conventions is one. */
export interface Metric {
  readonly name: string;
  readonly labels: readonly string[];
}

export interface ForeignMetric extends Metric {
  readonly from?: Source;
}

export const OTHERS = {
  up: { name: "up", labels: [] },
  alerts: { name: "ALERTS", labels: ["alertname", "alertstate", "severity", "tool_name"] },
  /** One of prom-client's default metrics; every Node.js process of the stack has them. */
  eventLoopLagP99: { name: "nodejs_eventloop_lag_p99_seconds", labels: [] },
  /** What the auto-instrumentation measures of outgoing calls, as Prometheus' OTLP receiver names it. */
  httpClientDuration: {
    name: "http_client_request_duration_seconds",
    labels: ["server_address", "http_request_method", "http_response_status_code", "error_type"],
    from: "otlp-receiver",
  },
  /** Tempo's metrics generator makes these from client and server spans of one trace. */
  serviceRequests: {
    name: "traces_service_graph_request_total",
    labels: ["client", "server", "connection_type"],
    from: "tempo",
  },
} as const satisfies Record<string, ForeignMetric>;
