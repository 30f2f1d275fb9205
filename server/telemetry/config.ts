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
  endpoint: variable("OTEL_EXPORTER_OTLP_ENDPOINT", url.optional(), "receives spans; unset: none are sent"),
  tracesEndpoint: variable(
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    url.optional(),
    "full URL for traces; takes precedence",
  ),
  protocol: variable(
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    choice(PROTOCOLS).default("http/protobuf"),
    "`http/protobuf`, `http/json` or `grpc`",
  ),
  tracesProtocol: variable(
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    choice(PROTOCOLS).optional(),
    "protocol for traces; takes precedence",
  ),
  serviceName: variable("OTEL_SERVICE_NAME", z.string().default("mcp-server"), "name in spans and log lines"),
  disabled: variable("OTEL_SDK_DISABLED", flag.default(false), "`1` turns tracing off"),
  standardSampler: variable(
    "OTEL_TRACES_SAMPLER",
    z.string().optional(),
    "a standard sampler instead of the project's own",
  ),
  sampleRatio: variable(
    "MCP_TRACE_SAMPLE_RATIO",
    numeric(0, 1).default(0.1),
    "share of tool calls that are sampled; failed and slow calls are sampled in any case",
  ),
  firstCalls: variable(
    "MCP_TRACE_FIRST_CALLS",
    numeric(0, 1e9).default(1000),
    "so many first calls of each tool are sampled",
  ),
  slowMs: variable(
    "MCP_TRACE_SLOW_MS",
    numeric(1, 86_400_000).default(2000),
    "the budget of a tool that has none of its own, in ms",
  ),
  trust: variable(
    "MCP_TRUST_REMOTE_PARENT",
    choice(TRUST).optional(),
    "which callers' traces are continued: `always`, `authenticated`, `never`; unset: `always` without a tokens file, else `authenticated`",
  ),
  traceHttp: variable("MCP_TRACE_HTTP", flag.default(false), "`1` adds spans of incoming HTTP requests"),
  injectTraceparent: variable(
    "MCP_OTEL_INJECT_TRACEPARENT",
    flag.default(true),
    "`0` sends no `traceparent` to dependencies",
  ),
  logLevel: variable("LOG_LEVEL", choice(LEVELS).default("info"), "lowest level of the log; `silent` turns it off"),
  metricsHost: variable("METRICS_HOST", z.string().default("127.0.0.1"), "address of the metrics listener"),
  metricsPort: variable("METRICS_PORT", port.default(9464), "port of `/metrics`, `/healthz` and `/readyz`"),
  adminTokenFile: variable(
    "MCP_ADMIN_TOKEN_FILE",
    z.string().optional(),
    "file with the token of `/debug` on the metrics listener; unset: there is no `/debug`",
  ),
  inspect: variable("MCP_INSPECT", flag.default(false), "`1` adds `/inspect` to the metrics listener"),
  grafanaUrl: variable("MCP_INSPECT_GRAFANA_URL", webUrl.optional(), "base URL of Grafana for the inspector's links"),
  tokensFile: variable(
    "MCP_AUTH_TOKENS_FILE",
    z.string().optional(),
    "file with lines of `subject:sha256-of-token`; unset: no authentication, every caller is `anonymous`",
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
