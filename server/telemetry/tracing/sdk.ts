/**
 * Starts the OpenTelemetry SDK with an exporter, sampling and auto-instrumentation of outgoing calls. This file is
 * imported only when spans are exported or the inspector is on. The SDK reads most of the standard variables itself.
 */
import type { IncomingMessage } from "node:http";
import { createRequire, syncBuiltinESMExports } from "node:module";
import {
  type Attributes,
  context,
  diag,
  metrics,
  propagation,
  type TextMapPropagator,
  trace,
} from "@opentelemetry/api";
import { getNodeAutoInstrumentations } from "@opentelemetry/auto-instrumentations-node";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import {
  type DetectedResource,
  envDetector,
  hostDetector,
  processDetector,
  type ResourceDetector,
} from "@opentelemetry/resources";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { NoopSpanProcessor, type SpanExporter, type SpanProcessor } from "@opentelemetry/sdk-trace";
import type { TelemetryConfig } from "../config.ts";
import { SERVICE_INSTANCE_ID } from "../conventions.ts";
import type { OtlpProtocol } from "../sdk-variables.ts";
import { callBuffer } from "./buffer.ts";
import { callerPropagator } from "./caller-context.ts";
import { exportQueue } from "./export-queue.ts";
import { foreignSpans } from "./foreign-spans.ts";
import { silenceEarlierSdk, silenceLaterSdk } from "./other-sdk.ts";
import { isToOtherOrigin, rememberCalledOrigins } from "./redirects.ts";
import { callSampler } from "./sampling.ts";
import { stderrExporter, writeDiagnostics } from "./stderr.ts";
import { newExportStats, type Tracing } from "./tracing.ts";

const EXPORTERS: Record<OtlpProtocol, () => SpanExporter> = {
  "http/protobuf": () => new ProtobufExporter(),
  "http/json": () => new JsonExporter(),
  grpc: () => new GrpcExporter(),
};

/** Of any attribute of any span, in characters. Tempo has the same limit by default, in bytes. */
const MAX_ATTRIBUTE_LENGTH = 2048;

/** How long the last spans may take to be sent, in milliseconds. */
const SHUTDOWN_MS = 5000;

/**
 * Starts tracing for the life of the process. Call before the modules to be instrumented are imported.
 *
 * @param observer gets every recorded span, sampled or not
 */
export function startTracing(config: TelemetryConfig, observer?: SpanProcessor): Tracing {
  const environment = { ...process.env };
  silenceEarlierSdk();
  process.env.OTEL_METRICS_EXPORTER ||= "none";
  if (config.replica !== undefined) nameInstance(config.replica);
  // With a level, the SDK would put its own logger in the place of the one below.
  process.env.OTEL_LOG_LEVEL = "";
  if (config.OTEL_LOG_LEVEL !== undefined) writeDiagnostics(config.OTEL_LOG_LEVEL);
  const instrumentations = outgoingInstrumentations(config.traceHttp);
  interceptImports(instrumentations);

  const stats = newExportStats();
  const exporter = exporterOf(config);
  const queue = exporter && exportQueue(exporter, stats, config);
  const buffer = callBuffer(queue ?? new NoopSpanProcessor(), stats);
  const sdk = new NodeSDK({
    serviceName: config.serviceName,
    spanProcessors: observer === undefined ? [foreignSpans, buffer] : [foreignSpans, observer, buffer],
    instrumentations,
    // Log lines are sent elsewhere: see push/logs.ts.
    logRecordProcessors: [],
    resourceDetectors: [envDetector, processWithoutArguments, hostDetector],
    ...(config.standardSampler === undefined && { sampler: callSampler }),
    textMapPropagator: callerPropagator(
      propagator(config.OTEL_PROPAGATORS),
      config.trust === "always",
      config.injectTraceparent,
    ),
    // The SDK reads the other limits itself. It has other names for these two.
    spanLimits: {
      attributePerEventCountLimit: config.OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT,
      attributePerLinkCountLimit: config.OTEL_LINK_ATTRIBUTE_COUNT_LIMIT,
      ...(!hasLengthLimit() && { attributeValueLengthLimit: MAX_ATTRIBUTE_LENGTH }),
    },
  });
  sdk.start();
  silenceLaterSdk(instrumentations, SWITCHED_OFF);
  exposePatchedBuiltins();
  const restoreFetch = rememberCalledOrigins();

  return {
    active: true,
    standardSampler: config.standardSampler !== undefined,
    stats,
    sampleLate: (record, span) => buffer.sampleLate(record, span),
    async shutdown() {
      await withinTimeout(SHUTDOWN_MS, sdk.shutdown());
      queue?.abandon();
      for (const instrumentation of instrumentations) instrumentation.disable();
      for (const api of [trace, context, propagation, metrics, diag]) api.disable();
      syncBuiltinESMExports();
      restoreFetch();
      for (const name of CHANGED) restore(process.env, name, environment[name]);
    },
  };
}

/** The arguments of a program may be secrets. */
const processWithoutArguments: ResourceDetector = {
  detect(): DetectedResource {
    const { "process.command_args": _, ...attributes } = processDetector.detect().attributes ?? {};
    return { attributes };
  },
};

/** The environment variables that are changed for the SDK. */
const CHANGED = ["OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER", "OTEL_LOG_LEVEL", "OTEL_RESOURCE_ATTRIBUTES"];

function restore(variables: NodeJS.ProcessEnv, name: string, value: string | undefined): void {
  if (value === undefined) delete variables[name];
  else variables[name] = value;
}

/** A `service.instance.id` that is set in the variable comes later, and wins. */
function nameInstance(replica: string): void {
  const attributes = process.env.OTEL_RESOURCE_ATTRIBUTES;
  process.env.OTEL_RESOURCE_ATTRIBUTES = `${SERVICE_INSTANCE_ID}=${replica}${attributes ? `,${attributes}` : ""}`;
}

function exporterOf(config: TelemetryConfig): SpanExporter | undefined {
  if (config.toConsole) return stderrExporter();
  return config.endpoint === undefined ? undefined : EXPORTERS[config.protocol]();
}

/** Members of `InstrumentationBase`, which every instrumentation extends; see docs/vendor-seams.md. */
interface ModuleInstrumentation {
  readonly instrumentationName: string;
  getModuleDefinitions?(): readonly { readonly name: string }[];
}

/** Intercepts only the modules that an instrumentation patches: an intercepted module stays slower. */
function interceptImports(instrumentations: readonly ModuleInstrumentation[]): void {
  const definitions = instrumentations.flatMap((instrumentation) => instrumentation.getModuleDefinitions?.() ?? []);
  importHooks()?.register({ include: definitions.map(({ name }) => name) });
}

/**
 * The hooks read files of their own, so a bundler must not find them.
 *
 * @returns undefined in a bundle whose packages are not installed: there is nothing to intercept
 */
function importHooks(): typeof import("import-in-the-middle/register-hooks.mjs") | undefined {
  try {
    return createRequire(import.meta.url)("import-in-the-middle/register-hooks.mjs");
  } catch {
    return undefined;
  }
}

/**
 * The instrumentation patches the CommonJS exports of `node:http` when they are first loaded. The exports for ES modules
 * were made before that and must be synchronised.
 */
function exposePatchedBuiltins(): void {
  // Modules of Node.js are the same from anywhere, and a bundle does not know where it is.
  const load = createRequire(process.execPath);
  for (const name of ["http", "https"]) load(name);
  syncBuiltinESMExports();
}

const REDACTED = "REDACTED";

/** They make many spans and tell nothing that this project's own telemetry does not. */
const SWITCHED_OFF = "express router fs dns net pino runtime-node host-metrics"
  .split(" ")
  .map((name) => `@opentelemetry/instrumentation-${name}`);

/** URLs and headers may carry arguments and secrets. Spans of HTTP have hosts, methods and statuses only. */
function outgoingInstrumentations(traceHttp: boolean) {
  return getNodeAutoInstrumentations({
    "@opentelemetry/instrumentation-undici": {
      requireParentforSpans: true,
      // Neither a span nor headers.
      ignoreRequestHook: isToOtherOrigin,
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
    ...Object.fromEntries(SWITCHED_OFF.map((name) => [name, { enabled: false }])),
  });
}

/** Replaces what the instrumentation takes from the request's URL and headers. */
const incomingAttributes = ({ socket }: IncomingMessage): Attributes => ({
  "url.path": `/${REDACTED}`,
  "url.query": "",
  "user_agent.original": REDACTED,
  "http.request.method_original": REDACTED,
  "client.address": socket.remoteAddress ?? "",
  "server.address": socket.localAddress ?? "",
});

const PROPAGATORS = {
  tracecontext: () => new W3CTraceContextPropagator(),
  baggage: () => new W3CBaggagePropagator(),
};

const propagator = (names: TelemetryConfig["OTEL_PROPAGATORS"]): TextMapPropagator =>
  new CompositePropagator({ propagators: names.map((name) => PROPAGATORS[name]()) });

const hasLengthLimit = (): boolean =>
  ["OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"].some((name) => process.env[name]);

async function withinTimeout(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: deadline, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work.catch(() => {}), deadline]);
  clearTimeout(timer);
}
