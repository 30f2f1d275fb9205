/** What OpenTelemetry writes to the console: its diagnostics, and spans. Here it goes to stderr: stdout may be MCP's. */
import { format, inspect } from "node:util";
import { type DiagLogger, DiagLogLevel, diag } from "@opentelemetry/api";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import type { DiagnosticLevel } from "../sdk-variables.ts";

const LEVELS: Record<DiagnosticLevel, DiagLogLevel> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
};

/** One line for each diagnostic. A line of the log begins with a brace, these do not. */
const say =
  (level: keyof DiagLogger) =>
  (...message: unknown[]) =>
    void process.stderr.write(`[opentelemetry] ${level}: ${format(...message).replaceAll("\n", " ")}\n`);

export function writeDiagnostics(level: DiagnosticLevel): void {
  const logger = {
    error: say("error"),
    warn: say("warn"),
    info: say("info"),
    debug: say("debug"),
    verbose: say("verbose"),
  };
  diag.setLogger(logger, { logLevel: LEVELS[level], suppressOverrideMessage: true });
}

/** The exporter `console` of the specification. */
export const stderrExporter = (): SpanExporter => ({
  export(spans, done) {
    for (const span of spans) process.stderr.write(`[span] ${inspect(fieldsOf(span), ON_ONE_LINE)}\n`);
    done({ code: 0 });
  },
  shutdown: async () => {},
});

const ON_ONE_LINE = { depth: 4, compact: true, breakLength: Number.POSITIVE_INFINITY };

function fieldsOf(span: ReadableSpan) {
  const { name, kind, startTime, duration, attributes, status, events } = span;
  const { traceId, spanId } = span.spanContext();
  const parentSpanId = span.parentSpanContext?.spanId;
  return { name, traceId, spanId, parentSpanId, kind, startTime, duration, attributes, status, events };
}
