/** What each step must leave: how the client saw it, one log line, one span, one sample. */
import { isDeepStrictEqual } from "node:util";
import type { ReceivedSpan } from "../../test/support/otlp-receiver.ts";
import type { LogLine } from "../../test/support/running-server.ts";
import type { ForeignClient } from "./clients.ts";
import type { Said } from "./session.ts";

export interface Expectation {
  readonly step: string;
  readonly saw: RegExp;
  readonly method: string;
  readonly tool?: string;
  readonly outcome: string;
  readonly errorClass?: string;
  readonly errorType?: string;
}

/** What a run left behind. */
export interface Evidence {
  readonly expectations: readonly Expectation[];
  readonly said: readonly Said[];
  /** Of finished requests. */
  readonly lines: readonly LogLine[];
  readonly spans: readonly ReceivedSpan[];
  /** As Prometheus reads them; undefined where nobody can ask for them any more. */
  readonly metrics: string | undefined;
}

const CALL = { method: "tools/call" } as const;

/** Of a client with sessions, in the order of the steps. */
const EXPECTATIONS: readonly Expectation[] = [
  { step: "connect", saw: /^(2025-11-25|connected)$/, method: "initialize", outcome: "success" },
  { step: "list", saw: /\badd\b.*\bfault\b/, method: "tools/list", outcome: "success" },
  { ...CALL, step: "add", saw: /^result$/, tool: "add", outcome: "success" },
  {
    ...CALL,
    step: "tool error",
    saw: /^tool error$/,
    tool: "fault",
    outcome: "error",
    errorClass: "unknown",
    errorType: "tool_error",
  },
  { ...CALL, step: "unknown tool", saw: /^(tool error|error -32602)$/, tool: "_OTHER", outcome: "rejected" },
  { ...CALL, step: "bad arguments", saw: /^(tool error|error -32602)$/, tool: "add", outcome: "rejected" },
  { ...CALL, step: "cancel", saw: /^cancelled$/, tool: "fault", outcome: "cancelled" },
  { ...CALL, step: "after cancel", saw: /^result$/, tool: "add", outcome: "success" },
];

const DISCOVER = { saw: /^(2026-07-28|connected)$/, method: "server/discover" };

export function expectationsOf({ stateless, timeout }: ForeignClient): readonly Expectation[] {
  const steps = EXPECTATIONS.map((expected) =>
    stateless && expected.step === "connect" ? { ...expected, ...DISCOVER } : expected,
  );
  if (timeout === undefined) return steps;
  return [...steps, { ...CALL, step: "timeout", saw: /^timed out$/, tool: "fault", outcome: timeout }];
}

/** Of a call that is in progress when the server is told to end. */
export const DRAIN: Expectation = { ...CALL, step: "drain", saw: /^result$/, tool: "fault", outcome: "success" };

/** A client may do these beside its steps. */
const BESIDE = new Set([
  "initialize",
  "server/discover",
  "notifications/initialized",
  "notifications/cancelled",
  "tools/list",
  "logging/setLevel",
]);

const isOf = ({ method, tool }: Expectation, line: LogLine): boolean =>
  line.method === method && line.tool_name === tool;

/** The line of a step: the nth of its method and tool, since a client sends one call after the other. */
function lineOf(expected: Expectation, { expectations, lines }: Evidence): LogLine | undefined {
  const before = expectations.slice(0, expectations.indexOf(expected));
  const nth = before.filter(({ method, tool }) => method === expected.method && tool === expected.tool).length;
  return lines.filter((line) => isOf(expected, line))[nth];
}

/** @returns what is wrong with a step; nothing when all is right */
export function problemsOf(expected: Expectation, evidence: Evidence): string[] {
  const said = evidence.said.find(({ step }) => step === expected.step);
  const line = lineOf(expected, evidence);
  if (line === undefined) return [`the client saw ${said?.saw ?? "nothing"}, and there is no line`];
  const span = evidence.spans.find(({ spanId, traceId }) => spanId === line.span_id && traceId === line.trace_id);
  return [
    ...(expected.saw.test(said?.saw ?? "") ? [] : [`the client saw ${said?.saw ?? "nothing"}`]),
    ...difference("line", lineFields(line), {
      outcome: expected.outcome,
      error_class: expected.errorClass,
      level: expected.outcome === "error" ? "error" : "info",
    }),
    ...(span === undefined ? ["the line names a span that did not come"] : spanProblems(span, expected, line, said)),
    ...sampleProblems(expected, evidence),
  ];
}

const lineFields = ({ outcome, error_class, level }: LogLine) => ({ outcome, error_class, level });

function spanProblems(span: ReceivedSpan, expected: Expectation, line: LogLine, said: Said | undefined): string[] {
  const { method, tool, errorType, errorClass } = expected;
  return [
    ...difference(
      "span",
      {
        name: span.name,
        kind: span.kind,
        status: span.status,
        method: span.attributes["mcp.method.name"],
        session: span.attributes["mcp.session.id"],
        errorType: span.attributes["error.type"],
        errorClass: span.attributes["mcp.error.class"],
      },
      {
        name: tool === undefined ? method : `${method} ${tool}`,
        kind: 2,
        status: errorType === undefined ? 0 : 2,
        method,
        session: line.session_id,
        errorType,
        errorClass,
      },
    ),
    ...(said?.trace_id === undefined ? [] : difference("trace", { id: span.traceId }, { id: said.trace_id })),
  ];
}

function sampleProblems(expected: Expectation, { lines, metrics }: Evidence): string[] {
  if (metrics === undefined) return [];
  const { method, tool, outcome } = expected;
  const count = lines.filter((line) => isOf(expected, line) && line.outcome === outcome).length;
  const samples =
    tool === undefined
      ? sum(metrics, "mcp_server_operation_duration_seconds_count", { mcp_method_name: method })
      : sum(metrics, "mcp_tool_calls_total", { tool_name: tool, status: outcome, transport: "http" });
  return difference("samples", { count: samples }, { count });
}

/** @returns what is wrong with everything that is no step's: each line has its span and sample, and nothing else is there */
export function problemsBeside(evidence: Evidence): string[] {
  const { expectations, lines, spans, metrics } = evidence;
  const steps = new Set(expectations.map((expected) => lineOf(expected, evidence)));
  const unexpected = lines.filter(
    (line) => !steps.has(line) && !(BESIDE.has(String(line.method)) && line.outcome === "success"),
  );
  const ids = (all: readonly unknown[]) => all.map(String).sort();
  const served = spans.filter(({ attributes }) => attributes["mcp.method.name"] !== undefined);
  return [
    ...unexpected.map(({ method, tool_name, outcome }) => `also ${method} ${tool_name ?? ""} ${outcome}`),
    ...difference(
      "spans",
      { ids: ids(served.map(({ spanId }) => spanId)) },
      { ids: ids(lines.map((line) => line.span_id)) },
    ),
    ...(metrics === undefined
      ? []
      : difference(
          "samples",
          { count: sum(metrics, "mcp_server_operation_duration_seconds_count") },
          { count: lines.length },
        )),
  ];
}

/** The sum of a metric's series that have these labels. */
export function sum(metrics: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return metrics
    .split("\n")
    .filter((row) => row.startsWith(`${name}{`) || row.startsWith(`${name} `))
    .filter((row) => wanted.every((label) => row.includes(label)))
    .reduce((total, row) => total + Number(row.replace(/^[^ {]+(\{.*?\})? /, "").split(" ")[0]), 0);
}

/** @returns a sentence when the two differ */
export const difference = (what: string, found: object, expected: object): string[] =>
  isDeepStrictEqual(found, expected) ? [] : [`${what}: ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`];
