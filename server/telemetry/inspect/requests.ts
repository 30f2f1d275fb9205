/**
 * What was recorded, put together again when somebody looks: each request with its outcome, which its log line knows,
 * its sizes and cost, which its span knows, the spans below it and the lines in between.
 */
import { type HrTime, SpanKind, TraceFlags } from "@opentelemetry/api";
import { ATTR, LOG, OUTCOMES, REQUEST_LINE } from "../conventions.ts";
import type { Recorder, SeenSpan } from "./recorder.ts";

/** Where a transport has no sessions, stdio for one. */
export const NO_SESSION = "-";

export type Line = ReturnType<typeof parsed>;
export type Request = ReturnType<typeof requestOf>;
export type Seen = ReturnType<typeof look>;

/** Everything is in the order of time, oldest first. */
export function look(recorder: Recorder) {
  const spans = recorder.spans.items();
  const forgotten = recorder.lines.pushed - recorder.lines.count;
  let at = recorder.since;
  const lines = recorder.lines.items().map((line, i) => {
    const read = parsed(line, forgotten + i, at);
    at = read.at;
    return read;
  });
  const spanOf = new Map(spans.map((span) => [span.context.spanId, span]));
  const closing = lines.filter(closes);
  const lineOf = new Map(closing.map((line) => [String(line.fields[LOG.spanId]), line]));
  const received = spans.filter(({ kind, attributes }) => kind === SpanKind.SERVER && ATTR.methodName in attributes);
  const untraced = closing.filter(({ fields }) => !spanOf.has(String(fields[LOG.spanId])));
  const requests = [
    ...received.map((span) => requestOf(span, lineOf.get(span.context.spanId))),
    ...untraced.map((line) => requestOf(undefined, line)),
  ];
  return {
    requests: requests.toSorted((a, b) => a.at - b.at),
    lines,
    spanOf,
    spansBelow: Map.groupBy(spans, ({ parentId }) => parentId),
    linesOf: Map.groupBy(lines, ({ fields }) => fields[LOG.spanId] as string | undefined),
  };
}

/**
 * @param id stays its own as long as it is held
 * @param before when the line before it was written: an application may have a field `time` of its own
 */
function parsed(line: string, id: number, before: number) {
  const { level, time, msg, pid: _pid, host: _host, [LOG.serviceName]: _service, ...fields } = JSON.parse(line);
  return { id, at: Date.parse(time) || before, level: String(level), message: String(msg), fields: fields as Fields };
}

/** Applications write lines with that message too. */
const closes = ({ message, fields }: Line): boolean =>
  message === REQUEST_LINE &&
  typeof fields[LOG.durationMs] === "number" &&
  (OUTCOMES as readonly unknown[]).includes(fields[LOG.outcome]);
type Fields = Readonly<Record<string, unknown>>;

/** One of both at least is there. The outcome is undefined when the log's level hid the line. */
function requestOf(span: SeenSpan | undefined, line: Line | undefined) {
  const { attributes = {}, context } = span ?? {};
  const fields = line?.fields ?? {};
  const durationMs = span === undefined ? Number(fields[LOG.durationMs]) : milliseconds(span.duration);
  const method = String(attributes[ATTR.methodName] ?? fields[LOG.method]);
  const tool = text(attributes[ATTR.toolName] ?? fields[LOG.toolName]);
  return {
    /** Milliseconds since the epoch. */
    at: span === undefined ? (line?.at ?? 0) - durationMs : milliseconds(span.start),
    durationMs,
    name: span?.name ?? (tool === undefined ? method : `${method} ${tool}`),
    method,
    tool,
    session: text(attributes[ATTR.sessionId] ?? fields[LOG.sessionId]) ?? NO_SESSION,
    outcome: text(fields[LOG.outcome]),
    errorClass: text(attributes[ATTR.errorClass] ?? fields[LOG.errorClass]),
    inputBytes: number(attributes[ATTR.inputSize]),
    outputBytes: number(attributes[ATTR.outputSize]),
    costUsd: number(attributes[ATTR.estimatedCost]),
    budgetMs: number(attributes[ATTR.budgetMs]),
    traceId: context?.traceId ?? text(fields[LOG.traceId]),
    spanId: context?.spanId ?? text(fields[LOG.spanId]),
    /** Whether it is exported, where there is an exporter. */
    sampled: context ? (context.traceFlags & TraceFlags.SAMPLED) !== 0 : fields[LOG.traceSampled] === true,
  };
}

const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));
const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
export const milliseconds = ([seconds, nanoseconds]: HrTime): number => seconds * 1000 + nanoseconds / 1e6;
