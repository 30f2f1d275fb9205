/**
 * The end of a request, in this order: outcome, keep or drop the trace, metrics with exemplar, one log line, span
 * ends. Exemplar, `trace_sampled` and the exported trace agree because the decision comes first.
 */
import { type Attributes, type Span, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import type { Logger } from "pino";
import { LOG, REQUEST_LINE } from "../conventions.ts";
import { describeError } from "../logging/errors.ts";
import type { CallMetrics } from "../metrics/calls.ts";
import type { Call } from "../request/call.ts";
import type { Finished, ToolMeasures } from "../request/finished.ts";
import { type Answer, judge } from "../request/outcome.ts";
import { COMPLETE, fieldsOf } from "../request/scope.ts";
import type { Tracing } from "../tracing/tracing.ts";
import { argumentValues } from "./argument-values.ts";
import { spanAttributes } from "./attributes.ts";
import { jsonSize } from "./json-size.ts";
import type { ToolCatalogue } from "./tool-catalogue.ts";

export interface Sinks {
  readonly tracing: Tracing;
  readonly metrics: CallMetrics;
  readonly logger: Logger;
  readonly tools: ToolCatalogue;
}

/** @param answer what was delivered; undefined when nothing was */
export function finishCall(call: Call, answer: Answer | undefined, sinks: Sinks): void {
  const durationMs = performance.now() - call.startedAt;
  const verdict = judge(call, answer);
  const tool = call.toolName === undefined ? undefined : measure(call, answer, sinks.tools);
  const overBudget = tool !== undefined && durationMs > tool.budgetMs;
  if (verdict.outcome === "error" || overBudget) keep(call, sinks.tracing);
  if (call.sampling !== undefined) call.sampling.settled = true;
  call.session.costUsd += call.costUsd ?? 0;

  const finished: Finished = {
    call,
    verdict,
    durationMs,
    traceId: sampledTraceId(call),
    ...(tool && { tool }),
  };
  const failure =
    call.cause === undefined ? undefined : describeError(call.cause, argumentValues(call.params.arguments));
  sinks.metrics.record(finished);
  log(finished, failure, sinks.logger);
  endSpan(finished, failure);
}

function measure(call: Call, answer: Answer | undefined, tools: ToolCatalogue): ToolMeasures {
  return {
    inputBytes: jsonSize(call.params.arguments),
    outputBytes: answer?.result === undefined ? 0 : jsonSize(answer.result),
    budgetMs: tools.budgetMs(call.toolName ?? ""),
    timeoutMs: tools.timeoutMs(call.toolName ?? ""),
  };
}

function keep(call: Call, tracing: Tracing): void {
  if (call.span === undefined || call.sampling === undefined || call.sampling.sampled) return;
  tracing.keep(call.sampling, call.span);
}

function sampledTraceId(call: Call): string | undefined {
  const span = call.span?.spanContext();
  return span !== undefined && span.traceFlags & TraceFlags.SAMPLED ? span.traceId : undefined;
}

type Failure = ReturnType<typeof describeError> | undefined;

function log({ call, verdict, durationMs }: Finished, failure: Failure, logger: Logger): void {
  const level = verdict.outcome === "error" ? "error" : "info";
  if (!logger.isLevelEnabled(level)) return;
  const fields = fieldsOf(call);
  fields[COMPLETE] = true;
  fields[LOG.outcome] = verdict.outcome;
  fields[LOG.durationMs] = Math.round(durationMs * 1000) / 1000;
  if (verdict.errorClass !== undefined) fields[LOG.errorClass] = verdict.errorClass;
  if (failure !== undefined) fields.err = failure;
  logger[level](fields, REQUEST_LINE);
}

/**
 * The SDK looks at each value with a set of its own, as it might be anything; here it may not. A new object, because
 * one that grows by so many attributes becomes a hash table, which everything after this reads slowly.
 */
const LIMITED = Object.keys(process.env).some((name) => /^OTEL_(SPAN_)?ATTRIBUTE_\w+_LIMIT$/.test(name));

function describe(span: Span, attributes: Attributes): void {
  if ("attributes" in span && !LIMITED) span.attributes = { ...(span.attributes as Attributes), ...attributes };
  else span.setAttributes(attributes);
}

function endSpan(finished: Finished, failure: Failure): void {
  const { span } = finished.call;
  if (span === undefined) return;
  const { errorType, errorClass } = finished.verdict;
  describe(span, spanAttributes(finished));
  if (errorType !== undefined) {
    span.setStatus({ code: SpanStatusCode.ERROR, ...(errorClass && { message: errorClass }) });
  }
  if (failure !== undefined) {
    span.addEvent("exception", {
      "exception.type": failure.type,
      "exception.message": failure.message,
      "exception.stacktrace": withCauses(failure),
    });
  }
  span.end();
}

const withCauses = (failure: NonNullable<Failure>): string =>
  (failure.stack ?? `${failure.type}: ${failure.message}`) +
  (failure.cause === undefined ? "" : `\nCaused by: ${withCauses(failure.cause)}`);
