/**
 * The span processor in front of the export queue. It passes sampled spans on. It buffers the spans of a call that is
 * not sampled until the call's outcome is known. Then they are exported, when the call failed or was slow, or
 * forgotten. At most `MAX_BUFFERED` spans are buffered for a call; the rest is counted as dropped.
 */
import { type Span as ApiSpan, type Context, TraceFlags } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace";
import { recordIn, type SamplingRecord } from "./sampling.ts";
import type { ExportStats } from "./tracing.ts";

const MAX_BUFFERED = 128;

interface CallBuffer extends SpanProcessor {
  /** Samples a call whose outcome is known: marks `span` as sampled and exports the spans buffered for its call. */
  sampleLate(record: SamplingRecord, span: ApiSpan): void;
}

export function callBuffer(next: SpanProcessor, stats: ExportStats): CallBuffer {
  const records = new WeakMap<ReadableSpan, SamplingRecord>();
  const exportSpan = (span: ReadableSpan) => {
    markSampled(span);
    next.onEnd(span);
  };
  return {
    onStart(span: Span, context: Context) {
      const record = recordIn(context);
      if (record !== undefined && !record.sampled) records.set(span as unknown as ReadableSpan, record);
    },
    onEnd(span) {
      if (isSampled(span)) {
        next.onEnd(span);
        return;
      }
      const record = records.get(span);
      if (record === undefined) return;
      if (record.sampled) exportSpan(span);
      else if (record.outcomeKnown) return;
      else if (record.buffered.length < MAX_BUFFERED) record.buffered.push(span);
      else stats.dropped += 1;
    },
    sampleLate(record, span) {
      record.sampled = true;
      markSampled(span);
      for (const buffered of record.buffered.splice(0)) exportSpan(buffered);
    },
    forceFlush: () => next.forceFlush(),
    shutdown: () => next.shutdown(),
  };
}

const isSampled = (span: ReadableSpan) => (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;

/** A span context is one object, which all readers of the flag share; see docs/vendor-seams.md. */
function markSampled(span: ReadableSpan | ApiSpan): void {
  span.spanContext().traceFlags |= TraceFlags.SAMPLED;
}
