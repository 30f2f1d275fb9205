/**
 * What was recorded, put together again when somebody looks: each request with its outcome, which its log line knows,
 * its sizes and cost, which its span knows, the spans below it and the lines in between.
 */
import { type HrTime, SpanKind, TraceFlags } from "@opentelemetry/api";
import { ATTR, LOG, REQUEST_LINE } from "../conventions.ts";
import type { Recorder, SeenSpan } from "./recorder.ts";

/** Where a transport has no sessions, stdio for one. */
export const NO_SESSION = "-";

export interface Line {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Request {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly durationMs: number;
  readonly name: string;
  readonly method: string;
  readonly tool: string | undefined;
  readonly session: string;
  /** Undefined when the level of the log hid its line. */
  readonly outcome: string | undefined;
  readonly errorClass: string | undefined;
  readonly inputBytes: number | undefined;
  readonly outputBytes: number | undefined;
  readonly costUsd: number | undefined;
  readonly budgetMs: number | undefined;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  /** Whether it is exported, where there is an exporter. */
  readonly sampled: boolean;
}

export interface Seen {
  /** Oldest first. */
  readonly requests: readonly Request[];
  readonly lines: readonly Line[];
  readonly spans: readonly SeenSpan[];
  readonly spansBelow: ReadonlyMap<string, readonly SeenSpan[]>;
  readonly linesOf: ReadonlyMap<string, readonly Line[]>;
}

export function look(recorder: Recorder): Seen {
  const spans = recorder.spans.items();
  const lines = recorder.lines.items().map(parsed);
  const linesOf = Map.groupBy(lines, ({ fields }) => String(fields[LOG.spanId]));
  const closing = lines.filter(({ message, fields }) => message === REQUEST_LINE && fields[LOG.method] !== undefined);
  const received = spans.filter(({ kind, attributes }) => kind === SpanKind.SERVER && ATTR.methodName in attributes);
  const ids = new Set(received.map(({ context }) => context.spanId));
  const requests = [
    ...received.map((span) =>
      requestOf(
        span,
        linesOf.get(span.context.spanId)?.findLast(({ message }) => message === REQUEST_LINE),
      ),
    ),
    ...closing.filter(({ fields }) => !ids.has(String(fields[LOG.spanId]))).map((line) => requestOf(undefined, line)),
  ];
  return {
    requests: requests.toSorted((a, b) => a.at - b.at),
    lines,
    spans,
    spansBelow: Map.groupBy(spans, ({ parentId }) => String(parentId)),
    linesOf,
  };
}

function parsed(line: string): Line {
  const { level, time, msg, pid: _pid, host: _host, [LOG.serviceName]: _service, ...fields } = JSON.parse(line);
  return { at: Date.parse(time), level: String(level), message: String(msg ?? ""), fields };
}

/** At least one of both is there. */
function requestOf(span: SeenSpan | undefined, line: Line | undefined): Request {
  const { attributes = {}, context } = span ?? {};
  const fields = line?.fields ?? {};
  const text = (attribute: string, field: string) => optional(attributes[attribute] ?? fields[field], String);
  const number = (attribute: string) => optional(attributes[attribute], Number);
  const durationMs = span === undefined ? Number(fields[LOG.durationMs]) : milliseconds(span.duration);
  const method = text(ATTR.methodName, LOG.method) ?? "";
  const tool = text(ATTR.toolName, LOG.toolName);
  return {
    at: span === undefined ? (line?.at ?? 0) - durationMs : milliseconds(span.start),
    durationMs,
    name: span?.name ?? (tool === undefined ? method : `${method} ${tool}`),
    method,
    tool,
    session: text(ATTR.sessionId, LOG.sessionId) ?? NO_SESSION,
    outcome: optional(fields[LOG.outcome], String),
    errorClass: text(ATTR.errorClass, LOG.errorClass),
    inputBytes: number(ATTR.inputSize),
    outputBytes: number(ATTR.outputSize),
    costUsd: number(ATTR.estimatedCost),
    budgetMs: number(ATTR.budgetMs),
    traceId: context?.traceId ?? optional(fields[LOG.traceId], String),
    spanId: context?.spanId ?? optional(fields[LOG.spanId], String),
    sampled:
      context === undefined ? fields[LOG.traceSampled] === true : (context.traceFlags & TraceFlags.SAMPLED) !== 0,
  };
}

const optional = <T>(value: unknown, as: (value: unknown) => T): T | undefined =>
  value === undefined ? undefined : as(value);

export const milliseconds = ([seconds, nanoseconds]: HrTime): number => seconds * 1000 + nanoseconds / 1e6;
