/** The batch processor and the exporter. Each span that reaches this queue is counted once, as exported or as dropped. */
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from "@opentelemetry/sdk-trace";
import type { TelemetryConfig } from "../config.ts";
import { type Delivery, delivery } from "./delivery.ts";
import type { ExportStats } from "./tracing.ts";

/** Most spans take one or two kilobytes. Exceptions and attributes of other instrumentations may take much more. */
const MAX_QUEUED_BYTES = 32 * 1024 * 1024;
/** The specification's default for `OTEL_EXPORTER_OTLP_TIMEOUT`, in milliseconds. */
const OTLP_TIMEOUT_MS = 10_000;
/** How often the reason of a collector that refuses spans is reported, in milliseconds. */
const REPORT_MS = 60_000;

interface ExportQueue extends SpanProcessor {
  /** Counts all spans that are neither exported nor dropped yet as dropped. Call it after the shutdown. */
  abandon(): void;
}

/** A collector that fails changes the counters of `stats`, and has no other effect. */
export function exportQueue(exporter: SpanExporter, stats: ExportStats, config: TelemetryConfig): ExportQueue {
  const maxQueueSize = config.OTEL_BSP_MAX_QUEUE_SIZE;
  const otlpTimeout = config.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ?? config.OTEL_EXPORTER_OTLP_TIMEOUT ?? OTLP_TIMEOUT_MS;
  const deliver = delivery(exporter, Math.min(otlpTimeout, config.OTEL_BSP_EXPORT_TIMEOUT));
  /** Bytes of the spans that wait, in order. */
  const waiting: number[] = [];
  let waitingBytes = 0;
  const exporting = new Set<{ cancel: () => void }>();
  let reportAt = 0;

  const count = (spans: number, { error, refused, why }: Delivery) => {
    if (error !== undefined) stats.failures += 1;
    const dropped = error === undefined ? Math.min(refused, spans) : spans;
    stats.dropped += dropped;
    stats.exported += spans - dropped;
    if (refused === 0 || performance.now() < reportAt) return;
    reportAt = performance.now() + REPORT_MS;
    stats.onRefused(dropped, why);
  };
  const counting: SpanExporter = {
    export(spans, done) {
      for (const bytes of waiting.splice(0, spans.length)) waitingBytes -= bytes;
      const running = { cancel: () => {} };
      exporting.add(running);
      running.cancel = deliver(spans, (result) => {
        exporting.delete(running);
        count(spans.length, result);
        done(result.error === undefined ? { code: 0 } : { code: 1, error: result.error });
      });
    },
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
  };
  const batch = new BatchSpanProcessor({
    exporter: counting,
    maxQueueSize,
    maxExportBatchSize: config.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
    scheduledDelayMillis: config.OTEL_BSP_SCHEDULE_DELAY,
    exportTimeoutMillis: config.OTEL_BSP_EXPORT_TIMEOUT,
  });
  return {
    onStart: () => {},
    onEnd(span: ReadableSpan) {
      const bytes = estimatedBytes(span);
      if (waiting.length >= maxQueueSize || waitingBytes + bytes > MAX_QUEUED_BYTES) {
        stats.dropped += 1;
        return;
      }
      waiting.push(bytes);
      waitingBytes += bytes;
      batch.onEnd(span);
    },
    forceFlush: () => batch.forceFlush(),
    shutdown: () => batch.shutdown(),
    abandon() {
      for (const { cancel } of exporting) cancel();
      stats.dropped += waiting.splice(0).length;
      waitingBytes = 0;
    },
  };
}

/** What a span takes without attributes, about. */
const BARE_SPAN_BYTES = 500;

function estimatedBytes({ attributes, events }: ReadableSpan): number {
  let bytes = BARE_SPAN_BYTES + estimatedBytesOf(attributes);
  for (const event of events) bytes += estimatedBytesOf(event.attributes ?? {});
  return bytes;
}

function estimatedBytesOf(attributes: ReadableSpan["attributes"]): number {
  let bytes = 0;
  for (const key in attributes) {
    const value = attributes[key];
    bytes += key.length;
    if (typeof value === "string") bytes += value.length;
    else if (Array.isArray(value)) for (const item of value) bytes += typeof item === "string" ? item.length : 8;
    else bytes += 8;
  }
  return bytes;
}
