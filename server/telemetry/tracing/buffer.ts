/**
 * The span processor in front of the batch processor. It passes sampled spans on. It buffers the spans of a call that is
 * not sampled until the call's outcome is known. Then they are exported, when the call failed or was slow, or
 * forgotten. At most `MAX_BUFFERED` spans are buffered for a call; the rest is counted as dropped.
 */
import { type Span as ApiSpan, type Context, TraceFlags } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace";
import { recordIn, type SamplingRecord } from "./sampling.ts";
import type { ExportStats } from "./tracing.ts";

const MAX_BUFFERED = 128;

export class CallBuffer implements SpanProcessor {
  readonly #next: SpanProcessor;
  readonly #stats: ExportStats;
  readonly #records = new WeakMap<ReadableSpan, SamplingRecord>();

  constructor(next: SpanProcessor, stats: ExportStats) {
    this.#next = next;
    this.#stats = stats;
  }

  onStart(span: Span, context: Context): void {
    const record = recordIn(context);
    if (record !== undefined && !record.sampled) this.#records.set(span as unknown as ReadableSpan, record);
  }

  onEnd(span: ReadableSpan): void {
    if (isSampled(span)) {
      this.#next.onEnd(span);
      return;
    }
    const record = this.#records.get(span);
    if (record === undefined) return;
    if (record.sampled) this.#export(span);
    else if (record.outcomeKnown) return;
    else if (record.buffered.length < MAX_BUFFERED) record.buffered.push(span);
    else this.#stats.dropped += 1;
  }

  sampleLate(record: SamplingRecord, span: ApiSpan): void {
    record.sampled = true;
    markSampled(span);
    for (const buffered of record.buffered.splice(0)) this.#export(buffered);
  }

  #export(span: ReadableSpan): void {
    markSampled(span);
    this.#next.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#next.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#next.shutdown();
  }
}

const isSampled = (span: ReadableSpan) => (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;

/** A span context is one object, which all readers of the flag share; see docs/vendor-seams.md. */
function markSampled(span: ReadableSpan | ApiSpan): void {
  span.spanContext().traceFlags |= TraceFlags.SAMPLED;
}
