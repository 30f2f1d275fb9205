/** Pushes the registry by OTLP, for a process that nobody can scrape. Imported only when that is wanted. */
import { OTLPMetricExporter as GrpcExporter } from "@opentelemetry/exporter-metrics-otlp-grpc";
import { OTLPMetricExporter as JsonExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter as ProtobufExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from "@opentelemetry/sdk-metrics";
import type { TelemetryConfig } from "../config.ts";
import type { MetricsRegistry } from "../metrics/registry.ts";
import type { OtlpProtocol } from "../sdk-variables.ts";
import { metricProducer } from "./metric-producer.ts";
import { pushedResource } from "./resource.ts";

/** They read the variables of endpoint, headers and certificates themselves. */
const EXPORTERS: Record<OtlpProtocol, () => PushMetricExporter> = {
  "http/protobuf": () => new ProtobufExporter(),
  "http/json": () => new JsonExporter(),
  grpc: () => new GrpcExporter(),
};

/** How long the last export may take, in milliseconds. */
const SHUTDOWN_MS = 5000;

/**
 * @param onFailure called with the reason when a push fails, and not again before one has succeeded
 * @returns pushes a last time and ends. Never rejects
 */
export function pushMetrics(
  registry: MetricsRegistry,
  config: TelemetryConfig,
  onFailure: (why: string) => void,
): () => Promise<void> {
  const resource = pushedResource(config);
  const interval = config.OTEL_METRIC_EXPORT_INTERVAL;
  const exporter = EXPORTERS[config.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL ?? config.generalProtocol]();
  let failing = false;
  const telling: PushMetricExporter = {
    export(metrics, done) {
      exporter.export(metrics, (result) => {
        const failed = result.code !== 0;
        if (failed && !failing) onFailure(result.error?.message ?? "unknown");
        failing = failed;
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
  const reader = new PeriodicExportingMetricReader({
    exporter: telling,
    exportIntervalMillis: interval,
    exportTimeoutMillis: Math.min(config.OTEL_METRIC_EXPORT_TIMEOUT, interval),
    metricProducers: [metricProducer(registry, resource)],
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  return () => provider.shutdown({ timeoutMillis: SHUTDOWN_MS }).catch(() => {});
}
