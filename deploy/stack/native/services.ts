/**
 * The services of docker-compose.yml that can run without Docker, in the order they start. What they run, with
 * which arguments and environment, is taken from that file; here is only what it cannot say.
 */
export interface NativeService {
  readonly name: string;
  /** Names the program may have on PATH; none for this project's own processes. */
  readonly programs: readonly string[];
  /** Answers 200 when the service is ready, as `service:port/path` in compose's terms; undefined: not waited for. */
  readonly ready: string | undefined;
  /** What a person opens, likewise. */
  readonly url: string;
  /** Its ports in compose, and the variable that sets each one's number here. */
  readonly ports: Readonly<Record<number, string>>;
}

export const SERVICES: readonly NativeService[] = [
  {
    name: "alert-receiver",
    programs: [],
    ready: "alert-receiver:9468/healthz",
    url: "alert-receiver:9468/alerts",
    ports: { 9468: "ALERT_RECEIVER_PORT" },
  },
  {
    name: "alertmanager",
    programs: ["alertmanager", "prometheus-alertmanager"],
    ready: "alertmanager:9093/-/ready",
    url: "alertmanager:9093",
    ports: { 9093: "ALERTMANAGER_PORT" },
  },
  {
    name: "prometheus",
    programs: ["prometheus"],
    ready: "prometheus:9090/-/ready",
    url: "prometheus:9090",
    ports: { 9090: "PROMETHEUS_PORT" },
  },
  {
    name: "loki",
    programs: ["loki"],
    ready: "loki:3100/ready",
    url: "loki:3100/ready",
    ports: { 3100: "LOKI_PORT", 9095: "LOKI_GRPC_PORT" },
  },
  {
    name: "tempo",
    programs: ["tempo"],
    ready: "tempo:3200/ready",
    url: "tempo:3200/ready",
    ports: { 3200: "TEMPO_PORT", 4317: "OTLP_GRPC_PORT", 4318: "OTLP_HTTP_PORT", 9096: "TEMPO_GRPC_PORT" },
  },
  // demo:
  {
    name: "catalog",
    programs: [],
    ready: "catalog:9465/healthz",
    url: "catalog:3002/items/A-1",
    ports: { 3002: "CATALOG_PORT", 9465: "CATALOG_METRICS_PORT" },
  },
  // :demo
  {
    name: "mcp-server",
    programs: [],
    ready: "mcp-server:9464/readyz",
    url: "mcp-server:3001/mcp",
    ports: { 3001: "MCP_PORT", 9464: "METRICS_PORT" },
  },
  {
    name: "promtail",
    programs: ["promtail"],
    ready: undefined,
    url: "promtail:9080/targets",
    ports: { 9080: "PROMTAIL_PORT", 9097: "PROMTAIL_GRPC_PORT" },
  },
  {
    name: "grafana",
    programs: ["grafana"],
    ready: "grafana:3000/api/health",
    url: "grafana:3000",
    ports: { 3000: "GRAFANA_PORT" },
  },
  // demo:
  {
    name: "agent",
    programs: [],
    ready: "agent:9467/healthz",
    url: "agent:9467/metrics",
    ports: { 9467: "AGENT_METRICS_PORT" },
  },
  // :demo
  {
    name: "probe",
    programs: [],
    ready: "probe:9466/healthz",
    url: "probe:9466/metrics",
    ports: { 9466: "PROBE_PORT" },
  },
];
