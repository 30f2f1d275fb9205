/**
 * Records ended spans and written log lines for the inspector. Spans that are not sampled are recorded too, so that the
 * page shows every call. Recording costs a call two appends. Everything else is done when the page is loaded.
 */
import { SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { LogStream } from "../logging/stream.ts";
import { Ring } from "./ring.ts";

const MAX_SPANS = 8000;
const MAX_LINES = 8000;
const MAX_BYTES = 8 * 1024 * 1024;

/** The parts of a span that the page shows. The error of a failed call is in its log line. */
export type RecordedSpan = ReturnType<typeof recordedSpan>;

export interface Recorder {
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly spans: Ring<RecordedSpan>;
  readonly lines: Ring<string>;
  readonly processor: SpanProcessor;
  /** @returns a stream that records each line and writes it to `stream` */
  tap(stream: LogStream): LogStream;
}

export function newRecorder(): Recorder {
  const spans = new Ring<RecordedSpan>(MAX_SPANS, MAX_BYTES);
  const lines = new Ring<string>(MAX_LINES, MAX_BYTES);
  return {
    since: Date.now(),
    spans,
    lines,
    processor: {
      onStart: () => {},
      onEnd: (span) => spans.push(recordedSpan(span), sizeOf(span)),
      forceFlush: async () => {},
      shutdown: async () => {},
    },
    tap: (stream) => ({
      ...stream,
      write(line) {
        lines.push(line, LINE_BYTES + 2 * line.length);
        stream.write(line);
      },
    }),
  };
}

const recordedSpan = (span: ReadableSpan) => ({
  name: span.name,
  kind: span.kind,
  context: span.spanContext(),
  parentId: span.parentSpanContext?.spanId,
  start: span.startTime,
  duration: span.duration,
  attributes: span.attributes,
  failed: span.status.code === SpanStatusCode.ERROR,
});

/** Estimated sizes of the objects in memory. A character of a string counts as two bytes. */
const LINE_BYTES = 100;
const SPAN_BYTES = 700;
const ATTRIBUTE_BYTES = 40;

function sizeOf({ attributes }: ReadableSpan): number {
  let bytes = SPAN_BYTES;
  for (const key in attributes) {
    const value = attributes[key];
    bytes += ATTRIBUTE_BYTES;
    if (typeof value === "string") bytes += 2 * value.length;
    else if (Array.isArray(value)) bytes += 2 * JSON.stringify(value).length;
  }
  return bytes;
}
