/**
 * The span processor in front of the batch processor. Sampled spans pass. Spans of a call that is not sampled
 * wait in the call's record until its outcome is known: then they are exported after all, or forgotten.
 * Refuses to grow: at most `MAX_WAITING` spans wait per call and `MAX_QUEUED` for export; the rest is counted
 * as dropped.
 */
import { type Span as ApiSpan, type Context, TraceFlags } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace";
import { recordIn, type SamplingRecord } from "./sampling.ts";
import type { ExportStats } from "./stats.ts";

const MAX_WAITING = 128;

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
    else if (record.settled) return;
    else if (record.waiting.length < MAX_WAITING) record.waiting.push(span);
    else this.#stats.dropped += 1;
  }

  keep(record: SamplingRecord, span: ApiSpan): void {
    record.sampled = true;
    markSampled(span);
    for (const waiting of record.waiting.splice(0)) this.#export(waiting);
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

/** The batch processor and every reader of the flag look at this one object. */
function markSampled(span: ReadableSpan | ApiSpan): void {
  span.spanContext().traceFlags |= TraceFlags.SAMPLED;
}
