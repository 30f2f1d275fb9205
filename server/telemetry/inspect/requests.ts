/**
 * Joins the recorded spans and log lines to requests, when the page is loaded. The outcome of a request is in its log line,
 * its sizes and its cost are in its span.
 */
import { type HrTime, SpanKind, TraceFlags } from "@opentelemetry/api";
import { ATTR, LOG, OUTCOMES, REQUEST_LINE } from "../conventions.ts";
import type { RecordedSpan, Recorder } from "./recorder.ts";
import { sessionIdOf } from "./session-id.ts";

export type Line = ReturnType<typeof parseLine>;
export type Request = ReturnType<typeof requestOf>;
export type Snapshot = ReturnType<typeof snapshotOf>;

/** All that is recorded now, the oldest first. */
export function snapshotOf(recorder: Recorder) {
  const spans = recorder.spans.items();
  const overwritten = recorder.lines.pushed - recorder.lines.count;
  let at = recorder.since;
  const lines = recorder.lines.items().map((line, i) => {
    const parsed = parseLine(line, overwritten + i, at);
    at = parsed.at;
    return parsed;
  });
  const spanOf = new Map(spans.map((span) => [span.context.spanId, span]));
  const requestLines = lines.filter(isRequestLine);
  const lineOf = new Map(requestLines.map((line) => [String(line.fields[LOG.spanId]), line]));
  const received = spans.filter(({ kind, attributes }) => kind === SpanKind.SERVER && ATTR.methodName in attributes);
  const untraced = requestLines.filter(({ fields }) => !spanOf.has(String(fields[LOG.spanId])));
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
 * @param id identifies the line as long as it is recorded
 * @param before the time of the previous line, for a line whose field `time` an application has overwritten
 */
function parseLine(line: string, id: number, before: number) {
  const { level, time, msg, pid: _pid, host: _host, [LOG.serviceName]: _service, ...fields } = JSON.parse(line);
  return { id, at: Date.parse(time) || before, level: String(level), message: String(msg), fields: fields as Fields };
}

/** Applications may write lines with the same message. */
const isRequestLine = ({ message, fields }: Line): boolean =>
  message === REQUEST_LINE &&
  typeof fields[LOG.durationMs] === "number" &&
  (OUTCOMES as readonly unknown[]).includes(fields[LOG.outcome]);
type Fields = Readonly<Record<string, unknown>>;

/** At least one of both is given. The outcome is undefined when the log's level excludes the line. */
function requestOf(span: RecordedSpan | undefined, line: Line | undefined) {
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
    session: sessionIdOf({
      id: attributes[ATTR.sessionId] ?? fields[LOG.sessionId],
      user: attributes[ATTR.userId] ?? fields[LOG.userId],
      client: attributes[ATTR.clientName] ?? fields[LOG.clientName],
      protocol: attributes[ATTR.protocolVersion] ?? fields[LOG.protocolVersion],
    }),
    outcome: text(fields[LOG.outcome]),
    errorClass: text(attributes[ATTR.errorClass] ?? fields[LOG.errorClass]),
    /** Why the request was rejected. */
    reason: text(attributes[ATTR.rejectionReason] ?? fields[LOG.reason]),
    inputBytes: number(attributes[ATTR.inputSize]),
    outputBytes: number(attributes[ATTR.outputSize]),
    costUsd: number(attributes[ATTR.estimatedCost]),
    budgetMs: number(attributes[ATTR.budgetMs]),
    traceId: context?.traceId ?? text(fields[LOG.traceId]),
    spanId: context?.spanId ?? text(fields[LOG.spanId]),
    /** Whether the span is exported, if there is an exporter. */
    sampled: context ? (context.traceFlags & TraceFlags.SAMPLED) !== 0 : fields[LOG.traceSampled] === true,
  };
}

const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));
const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
export const milliseconds = ([seconds, nanoseconds]: HrTime): number => seconds * 1000 + nanoseconds / 1e6;
