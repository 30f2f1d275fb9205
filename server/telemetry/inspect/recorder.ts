/**
 * What the inspector remembers: ended spans as an exporter would get them, and log lines as they are written. Spans
 * of calls that are not sampled are among them: their content is the same, and the page is there to show every call.
 * A call pays for two appends; everything else happens when somebody looks.
 */
import { SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { LogStream } from "../logging/stream.ts";
import { Ring } from "./ring.ts";

const MAX_SPANS = 8000;
const MAX_LINES = 8000;
const MAX_BYTES = 8 * 1024 * 1024;

/** The parts of a span that are shown; the error of a failed call is in its line. */
export type SeenSpan = ReturnType<typeof seen>;

export interface Recorder {
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly spans: Ring<SeenSpan>;
  readonly lines: Ring<string>;
  readonly processor: SpanProcessor;
  /** The same stream, with every line remembered. */
  tap(stream: LogStream): LogStream;
}

export function newRecorder(): Recorder {
  const spans = new Ring<SeenSpan>(MAX_SPANS, MAX_BYTES);
  const lines = new Ring<string>(MAX_LINES, MAX_BYTES);
  return {
    since: Date.now(),
    spans,
    lines,
    processor: {
      onStart: () => {},
      onEnd: (span) => spans.push(seen(span), sizeOf(span)),
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

const seen = (span: ReadableSpan) => ({
  name: span.name,
  kind: span.kind,
  context: span.spanContext(),
  parentId: span.parentSpanContext?.spanId,
  start: span.startTime,
  duration: span.duration,
  attributes: span.attributes,
  failed: span.status.code === SpanStatusCode.ERROR,
});

/** Of the objects themselves, rounded up; strings are counted two bytes a character. */
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
