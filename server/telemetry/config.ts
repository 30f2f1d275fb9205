/**
 * The environment variables of the telemetry. The OpenTelemetry SDK reads the standard variables itself. A standard
 * variable is listed here only when this project needs its value too.
 */
import { z } from "zod";
import {
  choice,
  type Environment,
  flag,
  numeric,
  port,
  readVariables,
  url,
  type Values,
  variable,
} from "./environment.ts";

const PROTOCOLS = ["http/protobuf", "http/json", "grpc"] as const;
export type OtlpProtocol = (typeof PROTOCOLS)[number];

const TRUST = ["always", "authenticated", "never"] as const;
export type Trust = (typeof TRUST)[number];

const webUrl = z.url({ protocol: /^https?$/, error: "expected a URL such as http://localhost:3000" });

const LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

export const TELEMETRY_VARIABLES = {
  endpoint: variable("OTEL_EXPORTER_OTLP_ENDPOINT", url.optional(), "where spans go; unset: nowhere"),
  tracesEndpoint: variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", url.optional(), "the same, whole, for traces alone"),
  protocol: variable(
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    choice(PROTOCOLS).default("http/protobuf"),
    "or `http/json`, `grpc`",
  ),
  tracesProtocol: variable(
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    choice(PROTOCOLS).optional(),
    "the same, for traces alone",
  ),
  serviceName: variable("OTEL_SERVICE_NAME", z.string().default("mcp-server"), "the name on spans and log lines"),
  disabled: variable("OTEL_SDK_DISABLED", flag.default(false), "`1`: no traces at all"),
  standardSampler: variable(
    "OTEL_TRACES_SAMPLER",
    z.string().optional(),
    "a standard sampler in place of the project's own",
  ),
  sampleRatio: variable(
    "MCP_TRACE_SAMPLE_RATIO",
    numeric(0, 1).default(0.1),
    "share of tool calls sampled from the start; failed and slow ones are kept in any case",
  ),
  firstCalls: variable(
    "MCP_TRACE_FIRST_CALLS",
    numeric(0, 1e9).default(1000),
    "the first calls of each tool, all sampled",
  ),
  slowMs: variable(
    "MCP_TRACE_SLOW_MS",
    numeric(1, 86_400_000).default(2000),
    "a tool's budget where it names none, in ms",
  ),
  trust: variable(
    "MCP_TRUST_REMOTE_PARENT",
    choice(TRUST).optional(),
    "whose trace a caller may continue: `always`, `authenticated`, `never`; unset: `always` without a tokens file, else `authenticated`",
  ),
  traceHttp: variable("MCP_TRACE_HTTP", flag.default(false), "spans for inbound HTTP too"),
  injectTraceparent: variable(
    "MCP_OTEL_INJECT_TRACEPARENT",
    flag.default(true),
    "`0`: traces stay, dependencies hear nothing of them",
  ),
  logLevel: variable("LOG_LEVEL", choice(LEVELS).default("info"), "of the log; `silent`: none"),
  metricsHost: variable("METRICS_HOST", z.string().default("127.0.0.1"), "address of the metrics listener"),
  metricsPort: variable("METRICS_PORT", port.default(9464), "its port: `/metrics`, `/healthz`, `/readyz`"),
  adminTokenFile: variable(
    "MCP_ADMIN_TOKEN_FILE",
    z.string().optional(),
    "the token of the operator's switches there; unset: there are none",
  ),
  inspect: variable("MCP_INSPECT", flag.default(false), "`1`: the inspector, at `/inspect` on the metrics listener"),
  grafanaUrl: variable("MCP_INSPECT_GRAFANA_URL", webUrl.optional(), "where the inspector's links to Grafana lead"),
  tokensFile: variable(
    "MCP_AUTH_TOKENS_FILE",
    z.string().optional(),
    "lines of `subject:sha256-of-token`; unset: open, every subject is `anonymous`",
  ),
};

export interface TelemetryConfig extends Values<typeof TELEMETRY_VARIABLES> {
  readonly trust: Trust;
  /** Whether spans are recorded for a back end or the inspector. Else the SDK is not loaded. */
  readonly traced: boolean;
}

/** @throws {ConfigError} that names every variable with an invalid value */
export function readTelemetryConfig(environment: Environment): TelemetryConfig {
  const values = readVariables(TELEMETRY_VARIABLES, environment);
  const { endpoint, tracesEndpoint, protocol, tracesProtocol, trust, tokensFile } = values;
  return {
    ...values,
    endpoint: values.disabled ? undefined : (tracesEndpoint ?? endpoint),
    traced: !values.disabled && (values.inspect || (tracesEndpoint ?? endpoint) !== undefined),
    protocol: tracesProtocol ?? protocol,
    trust: trust ?? (tokensFile === undefined ? "always" : "authenticated"),
  };
}
