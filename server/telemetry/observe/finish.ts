/**
 * The end of a request, in this order: its outcome, the final sampling decision, its metrics, its log line, the end of its
 * span. The decision comes before the rest, so that the exemplar, `trace_sampled` and the exported trace agree. A step
 * that throws does not stop the steps after it.
 */
import { type Attributes, diag, type Span, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import type { Logger } from "pino";
import { LOG, REQUEST_LINE } from "../conventions.ts";
import { describeError, type LoggedError, stackTrace } from "../logging/errors.ts";
import type { Call } from "../request/call.ts";
import { type FinishedCall, outcomeOf, type RpcResponse, type Sizes, type ToolMeasures } from "../request/outcome.ts";
import { HAS_CALL_FIELDS, logFieldsOf } from "../request/scope.ts";
import type { Tracing } from "../tracing/tracing.ts";
import { spanAttributes } from "./attributes.ts";
import type { ConnectionDependencies } from "./dependencies.ts";
import { jsonSize } from "./json-size.ts";
import type { ToolCatalogue } from "./tool-catalogue.ts";

/** @param response undefined when none was delivered */
export function finishCall(call: Call, response: RpcResponse | undefined, dependencies: ConnectionDependencies): void {
  const durationMs = performance.now() - call.startedAt;
  const verdict = outcomeOf(call, response);
  const tool = call.toolName === undefined ? undefined : measure(call, response, dependencies.tools);
  const sizes = tool ?? (isOffered(call) ? sizesOf(call, response) : undefined);
  const overBudget = tool !== undefined && durationMs > tool.budgetMs;
  if (verdict.outcome === "error" || overBudget) attempt(() => sampleLate(call, dependencies.tracing));
  if (call.method === "tools/list" && response?.result !== undefined) {
    dependencies.definitions.sent(call.params, response.result);
  }
  if (call.sampling !== undefined) call.sampling.outcomeKnown = true;
  call.session.costUsd += call.costUsd ?? 0;

  const finished: FinishedCall = {
    call,
    verdict,
    durationMs,
    traceId: sampledTraceId(call),
    ...(tool && { tool }),
    ...(sizes && { sizes }),
  };
  const failure = call.handler === "threw" ? describeError(call.cause) : undefined;
  attempt(() => dependencies.metrics.record(finished));
  attempt(() => dependencies.clients.record(finished));
  attempt(() => log(finished, failure, dependencies.logger));
  attempt(() => dependencies.audit(finished));
  endSpan(finished, failure);
}

function attempt(step: () => void): void {
  try {
    step();
  } catch (error) {
    diag.error(`the end of a request could not be recorded: ${describeError(error).message}`);
  }
}

function measure(call: Call, response: RpcResponse | undefined, tools: ToolCatalogue): ToolMeasures {
  const { budgetMs, timeoutMs } = tools.limitsOf(call.toolName ?? "");
  const { inputBytes, outputBytes } = sizesOf(call, response);
  return { inputBytes, outputBytes, budgetMs, timeoutMs };
}

const isOffered = ({ promptName, method }: Call): boolean => promptName !== undefined || method === "resources/read";

const sizesOf = (call: Call, response: RpcResponse | undefined): Sizes => ({
  inputBytes: jsonSize(call.params.arguments),
  outputBytes: response?.result === undefined ? 0 : jsonSize(response.result),
});

function sampleLate(call: Call, tracing: Tracing): void {
  if (call.span === undefined || call.sampling === undefined || call.sampling.sampled) return;
  tracing.sampleLate(call.sampling, call.span);
}

function sampledTraceId(call: Call): string | undefined {
  const span = call.span?.spanContext();
  return span !== undefined && span.traceFlags & TraceFlags.SAMPLED ? span.traceId : undefined;
}

/** Tempo cuts an attribute after as many bytes. */
const MAX_ATTRIBUTE_BYTES = 2048;

type Failure = LoggedError | undefined;

function log({ call, verdict, durationMs }: FinishedCall, failure: Failure, logger: Logger): void {
  const level = verdict.outcome === "error" ? "error" : "info";
  if (!logger.isLevelEnabled(level)) return;
  const fields = logFieldsOf(call);
  fields[HAS_CALL_FIELDS] = true;
  fields[LOG.outcome] = verdict.outcome;
  fields[LOG.durationMs] = Math.round(durationMs * 1000) / 1000;
  if (verdict.fault !== undefined) fields[LOG.reason] = verdict.fault;
  if (verdict.errorClass !== undefined) fields[LOG.errorClass] = verdict.errorClass;
  if (failure !== undefined) fields.err = failure;
  logger[level](fields, REQUEST_LINE);
}

const ATTRIBUTE_LIMITS_SET = Object.keys(process.env).some((name) => /^OTEL_(SPAN_)?ATTRIBUTE_\w+_LIMIT$/.test(name));

/**
 * Replaces the attributes of a span; see docs/vendor-seams.md. The SDK's `setAttributes` validates each value with a new
 * `Set`, and these values are known to be valid. The attributes are a new object: an object that grows by so many
 * properties becomes a hash table, which is slow to read.
 */
function setAttributes(span: Span, attributes: Attributes): void {
  if ("attributes" in span && !ATTRIBUTE_LIMITS_SET)
    span.attributes = { ...(span.attributes as Attributes), ...attributes };
  else span.setAttributes(attributes);
}

function endSpan(finished: FinishedCall, failure: Failure): void {
  const { span } = finished.call;
  if (span === undefined) return;
  attempt(() => describeSpan(span, finished, failure));
  span.end();
}

function describeSpan(span: Span, finished: FinishedCall, failure: Failure): void {
  const { errorType, errorClass } = finished.verdict;
  setAttributes(span, spanAttributes(finished));
  if (errorType !== undefined) {
    span.setStatus({ code: SpanStatusCode.ERROR, ...(errorClass && { message: errorClass }) });
  }
  if (failure !== undefined) {
    span.addEvent("exception", {
      "exception.type": failure.type,
      "exception.message": failure.message,
      "exception.stacktrace": stackTrace(failure, MAX_ATTRIBUTE_BYTES),
    });
  }
}
