/**
 * Metrics on the boards that other software emits, and that `server/telemetry/conventions.ts` therefore does not define.
 * A metric that needs an optional component names it, so that a check can tell "broken" from "not installed".
 */

/** An optional component of the stack that a metric comes from. */
export type Source = "otlp-receiver" | "tempo" | "loki" | "promtail" | "alertmanager";

/** The part of a metric's definition that a query needs; `MetricDefinition` of the conventions satisfies it. */
export interface Metric {
  readonly name: string;
  readonly labels: readonly string[];
}

export interface ExternalMetric extends Metric {
  readonly from?: Source;
}

/** Metrics of Prometheus about its scrapes and itself. */
const PROMETHEUS = {
  up: { name: "up", labels: [] },
  scrapeDuration: { name: "scrape_duration_seconds", labels: [] },
  scrapeSamples: { name: "scrape_samples_scraped", labels: [] },
  alerts: { name: "ALERTS", labels: ["alertname", "alertstate", "severity", "tool_name"] },
  /** The time since which an alert has been active, in seconds since 1970. */
  alertsSince: { name: "ALERTS_FOR_STATE", labels: ["alertname", "severity", "tool_name"] },
  headSeries: { name: "prometheus_tsdb_head_series", labels: [] },
  ruleFailures: { name: "prometheus_rule_evaluation_failures_total", labels: ["rule_group"] },
  notificationsDropped: { name: "prometheus_notifications_dropped_total", labels: ["alertmanager"] },
} as const satisfies Record<string, ExternalMetric>;

/** prom-client's default metrics, which every Node.js process of the stack exports. */
const NODE = {
  eventLoopLagP99: { name: "nodejs_eventloop_lag_p99_seconds", labels: [] },
  eventLoopLagMean: { name: "nodejs_eventloop_lag_mean_seconds", labels: [] },
  heapUsed: { name: "nodejs_heap_size_used_bytes", labels: [] },
  heapTotal: { name: "nodejs_heap_size_total_bytes", labels: [] },
  garbageCollection: { name: "nodejs_gc_duration_seconds", labels: ["kind"] },
  residentMemory: { name: "process_resident_memory_bytes", labels: [] },
  cpu: { name: "process_cpu_seconds_total", labels: [] },
  openFiles: { name: "process_open_fds", labels: [] },
  startTime: { name: "process_start_time_seconds", labels: [] },
} as const satisfies Record<string, ExternalMetric>;

const TEMPO = {
  /** Tempo's metrics generator makes these from client and server spans of one trace. */
  serviceRequests: {
    name: "traces_service_graph_request_total",
    labels: ["client", "server", "connection_type"],
    from: "tempo",
  },
  spansAccepted: { name: "tempo_receiver_accepted_spans", labels: ["receiver", "transport"], from: "tempo" },
  spansRefused: { name: "tempo_receiver_refused_spans", labels: ["receiver", "transport"], from: "tempo" },
  generatorDiscards: {
    name: "tempo_metrics_generator_spans_discarded_total",
    labels: ["processor", "reason", "tenant"],
    from: "tempo",
  },
} as const satisfies Record<string, ExternalMetric>;

const LOGS = {
  linesRead: { name: "promtail_read_lines_total", labels: ["path"], from: "promtail" },
  linesSent: { name: "promtail_sent_entries_total", labels: ["host"], from: "promtail" },
  linesDropped: { name: "promtail_dropped_entries_total", labels: ["host", "reason"], from: "promtail" },
  linesStored: { name: "loki_distributor_lines_received_total", labels: ["tenant"], from: "loki" },
  streams: { name: "loki_ingester_memory_streams", labels: ["tenant"], from: "loki" },
} as const satisfies Record<string, ExternalMetric>;

/** Recorded by prometheus/rules/red.yml. */
const ESTIMATES = {
  bytesPerToken: { name: "context:bytes_per_token:estimate", labels: [] },
} as const satisfies Record<string, ExternalMetric>;

/** Recorded by prometheus/rules/slo.yml, under Sloth's names. */
const SERVICE_LEVELS = {
  budgetRemaining: { name: "slo:period_error_budget_remaining:ratio", labels: ["sloth_slo"] },
  errorRatioHour: { name: "slo:sli_error:ratio_rate1h", labels: ["sloth_slo"] },
  errorBudget: { name: "slo:error_budget:ratio", labels: ["sloth_slo"] },
} as const satisfies Record<string, ExternalMetric>;

export const EXTERNAL_METRICS = {
  ...PROMETHEUS,
  ...NODE,
  ...TEMPO,
  ...LOGS,
  ...ESTIMATES,
  ...SERVICE_LEVELS,
  notificationsFailed: {
    name: "alertmanager_notifications_failed_total",
    labels: ["integration", "reason"],
    from: "alertmanager",
  },
  /** Duration of outgoing HTTP calls from the auto-instrumentation, as Prometheus' OTLP receiver names it. */
  httpClientDuration: {
    name: "http_client_request_duration_seconds",
    labels: ["server_address", "http_request_method", "http_response_status_code", "error_type"],
    from: "otlp-receiver",
  },
} as const satisfies Record<string, ExternalMetric>;
