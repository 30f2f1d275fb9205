/**
 * The environment variables of the OpenTelemetry specification that `config.ts` does not need by name: those that the SDK
 * reads itself, and those that have no effect here. The SDK ignores an invalid value; this project refuses it at boot.
 */
import { accessSync, constants } from "node:fs";
import { z } from "zod";
import { choice, type Environment, integer, numeric, type Variable, variable, webUrl } from "./environment.ts";

/** `key=value,key=value`, percent-encoded. One invalid member would make the SDK ignore all of them. */
const keyValues = z.string().transform((text, context) => {
  try {
    const members = text.split(",").filter((member) => member.trim() !== "");
    return Object.fromEntries(members.map(keyValue));
  } catch {
    context.addIssue({ code: "custom", message: "expected key=value,key=value, percent-encoded" });
    return z.NEVER;
  }
});

/** The same limits as the SDK has. @throws when the member cannot be read */
function keyValue(member: string): [key: string, value: string] {
  const [key = "", value = "", ...rest] = member.split("=").map((part) => decodeURIComponent(part.trim()));
  if (!member.includes("=") || key === "" || rest.length > 0 || key.length > 255 || value.length > 255) {
    throw new RangeError(member);
  }
  return [key, value];
}

const headers = z
  .string()
  .refine(
    (text) => text.split(",").every((member) => member.trim() === "" || /^[^=]+=/.test(member)),
    "expected name=value,name=value",
  );

const file = z.string().refine((path) => {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}, "cannot read this file");

const PROTOCOLS = ["http/protobuf", "http/json", "grpc"] as const;
export type OtlpProtocol = (typeof PROTOCOLS)[number];
export const protocols = choice(PROTOCOLS);

const milliseconds = integer(1, 86_400_000);
const count = integer(1, 1e6);
const limit = integer(0, 1e9);
const compression = choice(["gzip", "none"]);

const propagators = z
  .string()
  .transform((list) => (list.trim() === "none" ? [] : list.split(",").map((name) => name.trim())))
  .pipe(z.enum(["tracecontext", "baggage"], { error: "expected tracecontext,baggage, one of them, or none" }).array());

const DIAGNOSTIC_LEVELS = ["none", "error", "warn", "info", "debug", "verbose", "all"] as const;
export type DiagnosticLevel = (typeof DIAGNOSTIC_LEVELS)[number];

const SAMPLERS = ["always_on", "always_off", "traceidratio"] as const;
export const samplers = choice([...SAMPLERS, ...SAMPLERS.map((name) => `parentbased_${name}` as const)]);

const entry = <const N extends string, S extends z.ZodType>(name: N, schema: S, help: string) =>
  ({ [name]: variable(name, schema, help) }) as Record<N, Variable<S>>;

/** A variable for all signals, and one for a single signal, which wins. */
const otlp = <const N extends string, S extends z.ZodType>(suffix: N, schema: S, help: string) => ({
  ...entry(`OTEL_EXPORTER_OTLP_${suffix}`, schema, help),
  ...entry(`OTEL_EXPORTER_OTLP_TRACES_${suffix}`, schema, `${help}; for traces only`),
  ...entry(`OTEL_EXPORTER_OTLP_METRICS_${suffix}`, schema, `${help}; for metrics only`),
  ...entry(`OTEL_EXPORTER_OTLP_LOGS_${suffix}`, schema, `${help}; for log lines only`),
});

export const SDK_VARIABLES = {
  ...entry(
    "OTEL_RESOURCE_ATTRIBUTES",
    keyValues.optional(),
    "attributes of the resource in spans, as `key=value,key=value`; `service.name` is used when `OTEL_SERVICE_NAME` is not set",
  ),
  ...entry(
    "OTEL_LOG_LEVEL",
    z.string().toLowerCase().pipe(choice(DIAGNOSTIC_LEVELS)).optional(),
    `lowest level of the SDK's own diagnostics, which are written to stderr: ${DIAGNOSTIC_LEVELS.map((level) => `\`${level}\``).join(", ")}. Not set: none`,
  ),
  ...entry(
    "OTEL_PROPAGATORS",
    propagators.prefault("tracecontext,baggage"),
    "formats of the trace context that is received and sent: `tracecontext`, `baggage` or `none`, separated by commas",
  ),
  ...entry(
    "OTEL_TRACES_SAMPLER_ARG",
    numeric(0, 1).optional(),
    "ratio of the samplers whose name ends in `traceidratio`",
  ),
  ...entry(
    "OTEL_TRACES_EXPORTER",
    choice(["otlp", "console", "none"]).optional(),
    "`otlp`, also without an endpoint: to port 4318 (gRPC: 4317) of localhost; `console`: to stderr; `none`. Not set: `otlp` when an endpoint is set",
  ),
  ...entry(
    "OTEL_METRICS_EXPORTER",
    choice(["otlp", "none"]).default("none"),
    "`otlp`, over stdio: pushes what `/metrics` has, without exemplars. Over HTTP, that is scraped. When traces are on, `otlp` also exports the metrics of the HTTP instrumentation",
  ),
  ...entry("OTEL_METRIC_EXPORT_INTERVAL", milliseconds.default(60_000), "time between two exports of metrics, in ms"),
  ...entry("OTEL_METRIC_EXPORT_TIMEOUT", milliseconds.default(30_000), "longest export of metrics, in ms"),
  ...entry(
    "OTEL_LOGS_EXPORTER",
    choice(["otlp", "none"]).default("none"),
    "`otlp`: sends the log lines too, beside writing them",
  ),
  ...entry(
    "OTEL_BLRP_SCHEDULE_DELAY",
    milliseconds.default(1000),
    "longest time that a log line waits for its batch, in ms",
  ),
  ...entry("OTEL_BLRP_EXPORT_TIMEOUT", milliseconds.default(30_000), "longest export of a batch of log lines, in ms"),
  ...entry("OTEL_BLRP_MAX_QUEUE_SIZE", count.default(8192), "most log lines that wait for their export"),
  ...entry("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", count.default(512), "most log lines in a batch"),
  ...entry(
    "OTEL_BSP_SCHEDULE_DELAY",
    milliseconds.default(1000),
    "longest time that a finished span waits for its batch, in ms",
  ),
  ...entry(
    "OTEL_BSP_EXPORT_TIMEOUT",
    milliseconds.default(300_000),
    "longest export of a batch, in ms. A collector that cannot be reached is tried again for this time",
  ),
  ...entry(
    "OTEL_BSP_MAX_QUEUE_SIZE",
    count.default(8192),
    "most spans that wait for their export: two minutes without a collector, at 68 spans a second. They may take 32 MB in all",
  ),
  ...entry(
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
    count.default(256),
    "most spans in a batch. A batch of 512 spans would block the event loop for 5 ms",
  ),
  ...entry("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", limit.optional(), "longest value of an attribute; longer ones are cut"),
  ...entry("OTEL_ATTRIBUTE_COUNT_LIMIT", limit.default(128), "most attributes of a span"),
  ...entry(
    "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    limit.optional(),
    "the same; wins over `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`",
  ),
  ...entry("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", limit.optional(), "the same; wins over `OTEL_ATTRIBUTE_COUNT_LIMIT`"),
  ...entry("OTEL_SPAN_EVENT_COUNT_LIMIT", limit.default(128), "most events of a span"),
  ...entry("OTEL_SPAN_LINK_COUNT_LIMIT", limit.default(128), "most links of a span"),
  ...entry("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", limit.default(128), "most attributes of an event of a span"),
  ...entry("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", limit.default(128), "most attributes of a link of a span"),
  ...otlp("HEADERS", headers.optional(), "headers of an export, as `name=value,name=value`"),
  ...otlp("COMPRESSION", compression.optional(), "`gzip` or `none`"),
  ...otlp("TIMEOUT", milliseconds.optional(), "longest export with all its retries, in ms. Not set: 10000"),
  ...otlp("CERTIFICATE", file.optional(), "file with the certificates that are trusted for the export"),
  ...otlp("CLIENT_CERTIFICATE", file.optional(), "file with the client's certificate for the export"),
  ...otlp("CLIENT_KEY", file.optional(), "file with the key of the client's certificate"),
  ...entry("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", webUrl.optional(), "complete URL for metrics"),
  ...entry(
    "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL",
    protocols.optional(),
    "protocol for metrics; wins over `OTEL_EXPORTER_OTLP_PROTOCOL`",
  ),
  ...entry("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", webUrl.optional(), "complete URL for log lines"),
  ...entry(
    "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL",
    protocols.optional(),
    "protocol for log lines; wins over `OTEL_EXPORTER_OTLP_PROTOCOL`",
  ),
  ...entry(
    "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
    z
      .string()
      .toLowerCase()
      .pipe(choice(["cumulative", "delta", "lowmemory"]))
      .default("cumulative"),
    "temporality of exported metrics: `cumulative`, `delta` or `lowmemory`",
  ),
};

const LINES_ARE_LIMITED = "a log line has limits of its own";
const NO_SCHEME = "the scheme of the endpoint, http or https, decides";
const NO_ZIPKIN = "spans are not exported to Zipkin";
const OWN_LISTENER = "METRICS_HOST and METRICS_PORT set the address of /metrics";
const BY_ENVIRONMENT = "only environment variables configure this server";

/** The variables of the specification that have no effect here, and why. A server names those that are set, at boot. */
export const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  OTEL_CONFIG_FILE: BY_ENVIRONMENT,
  OTEL_ENTITIES: "OTEL_RESOURCE_ATTRIBUTES sets the attributes of the resource",
  OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: LINES_ARE_LIMITED,
  OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: LINES_ARE_LIMITED,
  OTEL_EXPORTER_OTLP_INSECURE: NO_SCHEME,
  OTEL_EXPORTER_OTLP_TRACES_INSECURE: NO_SCHEME,
  OTEL_EXPORTER_OTLP_METRICS_INSECURE: NO_SCHEME,
  OTEL_EXPORTER_OTLP_LOGS_INSECURE: NO_SCHEME,
  OTEL_EXPORTER_OTLP_SPAN_INSECURE: NO_SCHEME,
  OTEL_EXPORTER_OTLP_METRIC_INSECURE: NO_SCHEME,
  OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: "exported histograms have explicit buckets",
  OTEL_METRICS_EXEMPLAR_FILTER: "the histograms of /metrics have exemplars of sampled spans",
  OTEL_EXPORTER_PROMETHEUS_HOST: OWN_LISTENER,
  OTEL_EXPORTER_PROMETHEUS_PORT: OWN_LISTENER,
  OTEL_EXPORTER_ZIPKIN_ENDPOINT: NO_ZIPKIN,
  OTEL_EXPORTER_ZIPKIN_TIMEOUT: NO_ZIPKIN,
};

/** @returns one sentence for each variable that is set and has no effect */
export function variablesWithoutEffect(environment: Environment): string[] {
  return Object.entries(WITHOUT_EFFECT)
    .filter(([name]) => (environment[name] || "none") !== "none")
    .map(([name, why]) => `${name} has no effect: ${why}`);
}
