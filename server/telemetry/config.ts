/**
 * The environment of the telemetry: OTEL_* and MCP_TRACE_* variables, log level, metrics listener.
 * Standard variables keep their standard meaning and are read here only where this project adds to it; the
 * rest is left to the OpenTelemetry SDK, which reads them itself.
 */
import { z } from "zod";

export type Environment = Record<string, string | undefined>;

/** One or more environment variables cannot be used; the message lists every one of them. */
export class ConfigError extends Error {
  override name = "ConfigError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`invalid configuration:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

const unset = (value: unknown) => (value === "" ? undefined : value);

/** A switch: `1`, `true`, `yes`, `on` or `0`, `false`, `no`, `off`; empty or unset means `fallback`. */
export const flag = (fallback: boolean) =>
  z.preprocess(unset, z.stringbool({ error: 'expected "1" or "0" (true/false, yes/no, on/off)' }).default(fallback));

/** A number from `min` to `max`, both included; empty or unset means `fallback`. */
export const numeric = (fallback: number, min: number, max: number) =>
  z.preprocess(
    unset,
    z.coerce
      .number({ error: `expected a number from ${min} to ${max}` })
      .min(min, `expected a number from ${min} to ${max}`)
      .max(max, `expected a number from ${min} to ${max}`)
      .default(fallback),
  );

/** A TCP port; 0 lets the operating system choose one. */
export const port = (fallback: number) =>
  z.preprocess(
    unset,
    z.coerce
      .number({ error: "expected a port, 0 to 65535" })
      .int("expected a port, 0 to 65535")
      .min(0, "expected a port, 0 to 65535")
      .max(65_535, "expected a port, 0 to 65535")
      .default(fallback),
  );

/** Text; empty or unset means `fallback`. */
export const text = <T extends string | undefined>(fallback: T) =>
  z.preprocess(
    unset,
    fallback === undefined ? z.string().optional() : z.string().default(fallback),
  ) as unknown as z.ZodType<string | T>;

/**
 * Reads variables by a schema.
 *
 * @param environment usually `process.env`
 * @throws {ConfigError} naming every variable that cannot be used, and what would do; never its value
 */
export function readEnvironment<T extends z.ZodObject>(schema: T, environment: Environment): z.infer<T> {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`));
}

const TRUST = ["always", "authenticated", "never"] as const;
export type Trust = (typeof TRUST)[number];

const schema = z.object({
  OTEL_EXPORTER_OTLP_ENDPOINT: text(undefined),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: text(undefined),
  OTEL_EXPORTER_OTLP_PROTOCOL: text("http/protobuf"),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: text(undefined),
  OTEL_SERVICE_NAME: text("mcp-server"),
  OTEL_SDK_DISABLED: flag(false),
  OTEL_TRACES_SAMPLER: text(undefined),
  LOG_LEVEL: z.preprocess(
    unset,
    z
      .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], {
        error: "expected fatal, error, warn, info, debug, trace or silent",
      })
      .default("info"),
  ),
  METRICS_PORT: port(9464),
  METRICS_HOST: text("127.0.0.1"),
  MCP_TRACE_SAMPLE_RATIO: numeric(0.1, 0, 1),
  MCP_TRACE_FIRST_CALLS: numeric(1000, 0, 1_000_000_000),
  MCP_TRACE_SLOW_MS: numeric(2000, 1, 86_400_000),
  MCP_TRUST_REMOTE_PARENT: z.preprocess(unset, z.enum(TRUST, { error: `expected ${TRUST.join(", ")}` }).optional()),
  MCP_AUTH_TOKENS_FILE: text(undefined),
  MCP_ADMIN_TOKEN_FILE: text(undefined),
  MCP_TRACE_HTTP: flag(false),
  MCP_OTEL_INJECT_TRACEPARENT: flag(true),
});

const PROTOCOLS = ["http/protobuf", "http/json", "grpc"] as const;
export type OtlpProtocol = (typeof PROTOCOLS)[number];

export interface TelemetryConfig {
  /** Where spans go; undefined: nowhere, and the SDK is not started. */
  readonly endpoint: string | undefined;
  readonly protocol: OtlpProtocol;
  readonly serviceName: string;
  /** The sampler named by `OTEL_TRACES_SAMPLER`, which replaces the project's own. */
  readonly standardSampler: string | undefined;
  readonly logLevel: string;
  readonly metricsHost: string;
  readonly metricsPort: number;
  /** Share of tool calls sampled from the start, 0 to 1. */
  readonly sampleRatio: number;
  /** The first calls of each tool that are all sampled. */
  readonly firstCalls: number;
  /** Default budget of a tool in milliseconds. */
  readonly slowMs: number;
  readonly trust: Trust;
  readonly traceHttp: boolean;
  readonly injectTraceparent: boolean;
  /** Holds the token of the operator's switches; undefined: there are none. */
  readonly adminTokenFile: string | undefined;
}

/**
 * Reads the telemetry's environment.
 *
 * @throws {ConfigError} see {@link readEnvironment}
 */
export function readTelemetryConfig(environment: Environment): TelemetryConfig {
  const env = readEnvironment(schema, environment);
  const protocol = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? env.OTEL_EXPORTER_OTLP_PROTOCOL;
  if (!isProtocol(protocol)) {
    throw new ConfigError([`OTEL_EXPORTER_OTLP_PROTOCOL: expected ${PROTOCOLS.join(", ")}`]);
  }
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint !== undefined && !URL.canParse(endpoint)) {
    throw new ConfigError(["OTEL_EXPORTER_OTLP_ENDPOINT: expected a URL such as http://localhost:4318"]);
  }
  return {
    endpoint: env.OTEL_SDK_DISABLED ? undefined : endpoint,
    protocol,
    serviceName: env.OTEL_SERVICE_NAME,
    standardSampler: env.OTEL_TRACES_SAMPLER,
    logLevel: env.LOG_LEVEL,
    metricsHost: env.METRICS_HOST,
    metricsPort: env.METRICS_PORT,
    sampleRatio: env.MCP_TRACE_SAMPLE_RATIO,
    firstCalls: env.MCP_TRACE_FIRST_CALLS,
    slowMs: env.MCP_TRACE_SLOW_MS,
    trust: env.MCP_TRUST_REMOTE_PARENT ?? (env.MCP_AUTH_TOKENS_FILE === undefined ? "always" : "authenticated"),
    traceHttp: env.MCP_TRACE_HTTP,
    injectTraceparent: env.MCP_OTEL_INJECT_TRACEPARENT,
    adminTokenFile: env.MCP_ADMIN_TOKEN_FILE,
  };
}

const isProtocol = (value: string): value is OtlpProtocol => (PROTOCOLS as readonly string[]).includes(value);
