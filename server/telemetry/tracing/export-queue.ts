/**
 * The batch processor and the exporter. Each span that reaches this queue is counted once, as exported or as dropped. At
 * most `MAX_QUEUED` spans are queued at a time.
 */
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from "@opentelemetry/sdk-trace";
import type { ExportStats } from "./tracing.ts";

const MAX_QUEUED = 8192;
/** Encoding a batch takes about 9 µs a span. The SDK's default of 512 spans would block the event loop for 5 ms. */
const BATCH_SIZE = 256;

/** A collector that fails changes the counters of `stats`, and has no other effect. */
export function exportQueue(exporter: SpanExporter, stats: ExportStats): SpanProcessor {
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
    maxQueueSize: MAX_QUEUED,
    maxExportBatchSize: BATCH_SIZE,
    scheduledDelayMillis: 1000,
  });
  return {
    onStart: () => {},
    onEnd(span: ReadableSpan) {
      if (queued >= MAX_QUEUED) {
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
