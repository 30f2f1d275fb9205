/** The batch processor and the exporter. Each span that reaches this queue is counted once, as exported or as dropped. */
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from "@opentelemetry/sdk-trace";
import type { TelemetryConfig } from "../config.ts";
import type { ExportStats } from "./tracing.ts";

/** A collector that fails changes the counters of `stats`, and has no other effect. */
export function exportQueue(exporter: SpanExporter, stats: ExportStats, config: TelemetryConfig): SpanProcessor {
  const maxQueueSize = config.OTEL_BSP_MAX_QUEUE_SIZE;
  let queued = 0;
  const counting: SpanExporter = {
    export(spans, done) {
      queued -= spans.length;
      exporter.export(spans, (result) => {
        if (result.code === 0) stats.exported += spans.length;
        else {
          stats.failures += 1;
          stats.dropped += spans.length;
        }
        done(result);
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
      if (queued >= maxQueueSize) {
        stats.dropped += 1;
        return;
      }
      queued += 1;
      batch.onEnd(span);
    },
    forceFlush: () => batch.forceFlush(),
    shutdown: () => batch.shutdown(),
  };
}
