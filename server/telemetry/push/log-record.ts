/** A log line as OpenTelemetry has it: the line itself is the body. What was redacted in the line is redacted here. */
import { type Attributes, type LogRecord, ROOT_CONTEXT, SeverityNumber, TraceFlags, trace } from "@opentelemetry/api";
import { LOG } from "../conventions.ts";
import { asFields, type Fields } from "../request/call.ts";

const SEVERITIES: Readonly<Record<string, SeverityNumber>> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

/** Members of a record of their own, and the process, which the resource names. */
const NOT_ATTRIBUTES: ReadonlySet<string> = new Set([
  "time",
  "err",
  LOG.serviceName,
  LOG.traceId,
  LOG.spanId,
  LOG.traceSampled,
]);

/** @param line as it is written, JSON with a newline */
export function logRecord(line: string): LogRecord {
  const fields: Fields = JSON.parse(line);
  const { level, time, err } = fields;
  const severity = SEVERITIES[String(level)];
  return {
    body: line.trimEnd(),
    timestamp: Date.parse(String(time)),
    // The logger is the observer, and observes at the time of the line.
    observedTimestamp: [0, 0],
    ...(severity !== undefined && { severityNumber: severity, severityText: String(level) }),
    context: contextOf(fields),
    attributes: { ...attributesOf(fields), ...exceptionOf(asFields(err)) },
  };
}

function contextOf({ trace_id: traceId, span_id: spanId, trace_sampled: sampled }: Fields) {
  if (typeof traceId !== "string" || typeof spanId !== "string") return ROOT_CONTEXT;
  const traceFlags = sampled === true ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags });
}

/** Objects are left to the body. */
function attributesOf(fields: Fields): Attributes {
  const entries = Object.entries(fields).filter(
    ([name, value]) => !NOT_ATTRIBUTES.has(name) && (isScalar(value) || (Array.isArray(value) && value.every(isText))),
  );
  return Object.fromEntries(entries) as Attributes;
}

const isScalar = (value: unknown): boolean => ["string", "number", "boolean"].includes(typeof value);
const isText = (value: unknown): boolean => typeof value === "string";

const exceptionOf = ({ type, message }: Fields): Attributes =>
  typeof type === "string" && typeof message === "string"
    ? { "exception.type": type, "exception.message": message }
    : {};
