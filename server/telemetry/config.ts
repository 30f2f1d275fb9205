/** The environment variables of the telemetry. Those of `sdk-variables.ts` are mostly read by the OpenTelemetry SDK. */
import { z } from "zod";
import {
  ConfigError,
  choice,
  type Environment,
  flag,
  hostNames,
  integer,
  listenHost,
  numeric,
  port,
  readVariables,
  type Values,
  variable,
  webUrl,
} from "./environment.ts";
import { type OtlpProtocol, protocols, SDK_VARIABLES, samplers } from "./sdk-variables.ts";

const TRUST = ["always", "authenticated", "never"] as const;
export type Trust = (typeof TRUST)[number];

const LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

export const TELEMETRY_VARIABLES = {
  endpoint: variable(
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    webUrl.optional(),
    "base URL of the trace back end; `/v1/traces` is added. Not set: no traces are sent",
  ),
  tracesEndpoint: variable(
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    webUrl.optional(),
    "complete URL for traces; wins over the variable above",
  ),
  protocol: variable(
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    protocols.default("http/protobuf"),
    "protocol of the trace export: `http/protobuf`, `http/json` or `grpc`",
  ),
  tracesProtocol: variable(
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    protocols.optional(),
    "protocol for traces; wins over the variable above",
  ),
  serviceName: variable(
    "OTEL_SERVICE_NAME",
    z.string().default("mcp-server"),
    "name of this service in spans and log lines; wins over `service.name` of `OTEL_RESOURCE_ATTRIBUTES`",
  ),
  replica: variable(
    "MCP_REPLICA",
    z
      .string()
      .regex(/^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/i, "expected a host name without dots, at most 63 characters")
      .optional(),
    "name of this replica, where several run behind a router: session ids begin with it, and log lines and the resource of spans name it. Not set: there is one server",
  ),
  disabled: variable(
    "OTEL_SDK_DISABLED",
    flag.default(false),
    "`1` turns all traces off, and the push of metrics and log lines",
  ),
  standardSampler: variable(
    "OTEL_TRACES_SAMPLER",
    samplers.optional(),
    "a standard sampler in place of this project's own: `always_on`, `always_off` or `traceidratio`, or one of them after `parentbased_`",
  ),
  sampleRatio: variable(
    "MCP_TRACE_SAMPLE_RATIO",
    numeric(0, 1).default(0.1),
    "share of tool calls whose trace is kept, from 0 to 1; failed and slow calls are always kept",
  ),
  firstCalls: variable(
    "MCP_TRACE_FIRST_CALLS",
    integer(0, 1e9).default(1000),
    "number of first calls of each tool whose traces are all kept",
  ),
  alwaysPerSecond: variable(
    "MCP_TRACE_ALWAYS_PER_SECOND",
    integer(1, 1e9).default(100),
    "traces of one caller that are kept each second whatever the ratio: of methods other than tool calls, and of calls with a sampled parent; beyond it, the ratio decides",
  ),
  slowMs: variable(
    "MCP_TRACE_SLOW_MS",
    integer(1, 86_400_000).default(2000),
    "time above which a call counts as slow, in ms, for tools without a budget of their own",
  ),
  trust: variable(
    "MCP_TRUST_REMOTE_PARENT",
    choice(TRUST).optional(),
    "which callers' traces the server continues: `always`, `authenticated` or `never`. Not set: `authenticated` with a tokens file, otherwise `always`",
  ),
  traceHttp: variable(
    "MCP_TRACE_HTTP",
    flag.default(false),
    "`1` adds a span for each HTTP request that the server receives",
  ),
  injectTraceparent: variable(
    "MCP_OTEL_INJECT_TRACEPARENT",
    flag.default(true),
    "`0` sends no trace context to dependencies; the server's own traces stay complete",
  ),
  logLevel: variable(
    "LOG_LEVEL",
    choice(LEVELS).default("info"),
    "lowest level that is logged: `trace`, `debug`, `info`, `warn`, `error` or `fatal`; `silent` turns the log off",
  ),
  metricsHost: variable(
    "METRICS_HOST",
    listenHost.default("127.0.0.1"),
    "address on which the server listens for metrics and health checks",
  ),
  metricsPort: variable(
    "METRICS_PORT",
    port.default(9464),
    "port of `/metrics`, `/healthz` and `/readyz`; `0` chooses a free one",
  ),
  metricsAllowedHosts: variable(
    "METRICS_ALLOWED_HOSTS",
    hostNames.prefault("localhost"),
    "host names that the header `Host` of a request to that port may have, without port, separated by commas. IP addresses are always allowed",
  ),
  adminTokenFile: variable(
    "MCP_ADMIN_TOKEN_FILE",
    z.string().optional(),
    "file with the token for `/debug/<session id>` on that port, which turns on debug lines for one session. Not set: no such endpoint",
  ),
  inspect: variable(
    "MCP_INSPECT",
    flag.default(false),
    "`1` turns the inspector on, at `/inspect` on the metrics port",
  ),
  grafanaUrl: variable("MCP_INSPECT_GRAFANA_URL", webUrl.optional(), "URL of Grafana, for links in the inspector"),
  tokensFile: {
    ...variable(
      "MCP_AUTH_TOKENS_FILE",
      z.string().min(1, "expected a path; an empty value does not turn authentication off").optional(),
      "file with one line `subject:sha256-of-token` for each caller, read again when it changes. Not set: no authentication, every caller is `anonymous`",
    ),
    refusesEmpty: true,
  },
  ...SDK_VARIABLES,
};

export interface TelemetryConfig extends Values<typeof TELEMETRY_VARIABLES> {
  readonly trust: Trust;
  /** Where spans are exported to. Undefined: nowhere, or to stderr. */
  readonly endpoint: string | undefined;
  /** The protocol of the signals that have no variable of their own. */
  readonly generalProtocol: OtlpProtocol;
  /** Whether the metrics are pushed, too. */
  readonly pushesMetrics: boolean;
  /** Whether the log lines are sent, too. */
  readonly pushesLogs: boolean;
  /** Whether spans are written to stderr. */
  readonly toConsole: boolean;
  /** Whether spans are recorded for a back end, stderr or the inspector. Else the SDK is not loaded. */
  readonly traced: boolean;
}

/** The default endpoints of the specification. */
const DEFAULT_ENDPOINTS: Record<OtlpProtocol, string> = {
  "http/protobuf": "http://localhost:4318",
  "http/json": "http://localhost:4318",
  grpc: "http://localhost:4317",
};

/** @throws {ConfigError} that names every variable with an invalid value */
export function readTelemetryConfig(environment: Environment): TelemetryConfig {
  const values = readVariables(TELEMETRY_VARIABLES, environment);
  const { disabled, trust, tokensFile, inspect, OTEL_TRACES_EXPORTER: exporter } = values;
  if (values.OTEL_BSP_MAX_EXPORT_BATCH_SIZE > values.OTEL_BSP_MAX_QUEUE_SIZE) {
    throw new ConfigError(["OTEL_BSP_MAX_EXPORT_BATCH_SIZE: expected at most OTEL_BSP_MAX_QUEUE_SIZE"]);
  }
  const protocol = values.tracesProtocol ?? values.protocol;
  const byDefault = exporter === "otlp" ? DEFAULT_ENDPOINTS[protocol] : undefined;
  const exported = !disabled && (exporter ?? "otlp") === "otlp";
  const endpoint = exported ? (values.tracesEndpoint ?? values.endpoint ?? byDefault) : undefined;
  const toConsole = !disabled && exporter === "console";
  return {
    ...values,
    serviceName:
      environment[TELEMETRY_VARIABLES.serviceName.name] ||
      values.OTEL_RESOURCE_ATTRIBUTES?.["service.name"] ||
      values.serviceName,
    endpoint,
    generalProtocol: values.protocol,
    pushesMetrics: !disabled && values.OTEL_METRICS_EXPORTER === "otlp",
    pushesLogs: !disabled && values.OTEL_LOGS_EXPORTER === "otlp",
    toConsole,
    traced: !disabled && (inspect || toConsole || endpoint !== undefined),
    protocol,
    trust: trust ?? (tokensFile === undefined ? "always" : "authenticated"),
  };
}
