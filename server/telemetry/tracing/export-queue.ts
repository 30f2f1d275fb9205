/**
 * The batch processor and the exporter, with what they lose made visible: each finished span that reaches this
 * queue is counted once, as exported or as dropped. Refuses more than `MAX_QUEUED` spans at a time.
 */
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from "@opentelemetry/sdk-trace";
import type { ExportStats } from "./stats.ts";

const MAX_QUEUED = 8192;
/** A batch is encoded in one go, about 9 µs a span: the SDK's 512 would hold the event loop for 5 ms. */
const BATCH = 256;

/** Resolves failures of the collector into counters; a failing collector is never more than that. */
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
    maxExportBatchSize: BATCH,
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
