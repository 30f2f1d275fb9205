/**
 * Starts the OpenTelemetry SDK: exporter by protocol, own sampling, auto-instrumentation of outgoing calls.
 * Imported only when an endpoint is set or the inspector is on. Standard `OTEL_*` variables are read by the SDK itself.
 */
import type { IncomingMessage } from "node:http";
import { createRequire, syncBuiltinESMExports } from "node:module";
import type { Attributes, TextMapPropagator } from "@opentelemetry/api";
import { getNodeAutoInstrumentations } from "@opentelemetry/auto-instrumentations-node";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { NoopSpanProcessor, type SpanExporter, type SpanProcessor } from "@opentelemetry/sdk-trace";
import { register as registerImportHooks } from "import-in-the-middle/register-hooks.mjs";
import type { OtlpProtocol, TelemetryConfig } from "../config.ts";
import { CallBuffer } from "./buffer.ts";
import { exportQueue } from "./export-queue.ts";
import { callSampler } from "./sampling.ts";
import { newExportStats } from "./stats.ts";
import type { Tracing } from "./tracing.ts";

const EXPORTERS: Record<OtlpProtocol, () => SpanExporter> = {
  "http/protobuf": () => new ProtobufExporter(),
  "http/json": () => new JsonExporter(),
  grpc: () => new GrpcExporter(),
};

/** Time for the last spans to leave, in milliseconds. */
const SHUTDOWN_MS = 5000;

/**
 * Starts tracing for the life of the process. Call before the modules to be instrumented are imported.
 *
 * @param observer sees every recorded span, sampled or not
 */
export function startTracing(config: TelemetryConfig, observer?: SpanProcessor): Tracing {
  process.env.OTEL_METRICS_EXPORTER ||= "none";
  process.env.OTEL_LOGS_EXPORTER ||= "none";
  const patched = instrumentations(config.traceHttp);
  interceptImportsOf(patched);

  const stats = newExportStats();
  const next =
    config.endpoint === undefined ? new NoopSpanProcessor() : exportQueue(EXPORTERS[config.protocol](), stats);
  const buffer = new CallBuffer(next, stats);
  const sdk = new NodeSDK({
    serviceName: config.serviceName,
    spanProcessors: observer === undefined ? [buffer] : [observer, buffer],
    instrumentations: patched,
    ...(config.standardSampler === undefined && { sampler: callSampler }),
    textMapPropagator: propagator(config.injectTraceparent),
  });
  sdk.start();
  shareBuiltins();

  return {
    active: true,
    standardSampler: config.standardSampler !== undefined,
    stats,
    keep: (record, span) => buffer.keep(record, span),
    shutdown: () => settledWithin(SHUTDOWN_MS, sdk.shutdown()),
  };
}

/** Of the class that all of them extend, which their interface does not tell. */
interface Patcher {
  readonly instrumentationName: string;
  getModuleDefinitions?(): readonly { readonly name: string }[];
}

/** Of the modules to be instrumented and of no other: whatever is intercepted is slower ever after. */
function interceptImportsOf(patched: readonly Patcher[]): void {
  registerImportHooks({
    include: patched.flatMap((one) => one.getModuleDefinitions?.().map(({ name }) => name) ?? []),
  });
}

/**
 * `node:http` is instrumented where CommonJS first loads it, which the SDK itself has done: ES modules see the
 * instrumented functions only once the two kinds of exports are made one again.
 */
function shareBuiltins(): void {
  const load = createRequire(import.meta.url);
  for (const name of ["http", "https"]) load(name);
  syncBuiltinESMExports();
}

const REDACTED = "REDACTED";

/** URLs carry argument values and headers anything: spans of HTTP name hosts, methods and status only. */
function instrumentations(traceHttp: boolean) {
  const off = { enabled: false };
  return getNodeAutoInstrumentations({
    "@opentelemetry/instrumentation-undici": {
      requireParentforSpans: true,
      startSpanHook: (request) => ({
        "url.full": `${request.origin}/${REDACTED}`,
        "url.path": `/${REDACTED}`,
        "url.query": "",
      }),
    },
    "@opentelemetry/instrumentation-http": {
      requireParentforOutgoingSpans: true,
      disableIncomingRequestInstrumentation: !traceHttp,
      ignoreIncomingRequestHook: (request) => /^\/(metrics|healthz|readyz|inspect)\b/.test(request.url ?? ""),
      startIncomingSpanHook: (request) => incomingAttributes(request as IncomingMessage),
      startOutgoingSpanHook: (request) => ({
        "url.full": `${request.protocol ?? "http:"}//${request.host ?? request.hostname}/${REDACTED}`,
      }),
    },
    "@opentelemetry/instrumentation-express": off,
    "@opentelemetry/instrumentation-router": off,
    "@opentelemetry/instrumentation-fs": off,
    "@opentelemetry/instrumentation-dns": off,
    "@opentelemetry/instrumentation-net": off,
    "@opentelemetry/instrumentation-pino": off,
    "@opentelemetry/instrumentation-runtime-node": off,
    "@opentelemetry/instrumentation-host-metrics": off,
  });
}

/** In place of what would be taken from the request's line and headers. */
const incomingAttributes = ({ socket }: IncomingMessage): Attributes => ({
  "url.path": `/${REDACTED}`,
  "url.query": "",
  "user_agent.original": REDACTED,
  "http.request.method_original": REDACTED,
  "client.address": socket.remoteAddress ?? "",
  "server.address": socket.localAddress ?? "",
});

/** W3C trace context and baggage; without `inject`, traces of callers are continued and none is sent on. */
function propagator(inject: boolean): TextMapPropagator {
  const w3c = new CompositePropagator({
    propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
  });
  if (inject) return w3c;
  return {
    inject: () => {},
    extract: (context, carrier, getter) => w3c.extract(context, carrier, getter),
    fields: () => w3c.fields(),
  };
}

async function settledWithin(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: deadline, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work.catch(() => {}), deadline]);
  clearTimeout(timer);
}
