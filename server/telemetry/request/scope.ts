/**
 * The request being handled, found from anywhere below it: by the log mixin, by the wrapper around a tool's
 * handler, by the pipeline. Each message is its own asynchronous context, so the scope is entered per message.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { type Span, TraceFlags, trace } from "@opentelemetry/api";
import { LOG } from "../conventions.ts";
import type { Call } from "./call.ts";

const scope = new AsyncLocalStorage<Call>();

export const inScopeOf = <T>(call: Call, work: () => T): T => scope.run(call, work);

/** The request being handled; undefined outside of one. */
export const currentCall = (): Call | undefined => scope.getStore();

export type LogFields = Record<string | symbol, unknown>;

/** Marks fields that already hold those of their request. */
export const COMPLETE = Symbol("complete");

/** The log fields of the request being handled; outside of one, those of the active span. */
export function logFields(): LogFields {
  const call = scope.getStore();
  return call === undefined ? addSpan({}, trace.getActiveSpan()) : fieldsOf(call);
}

export function fieldsOf(call: Call): LogFields {
  const { session } = call;
  const fields: LogFields = {
    [LOG.userId]: call.userId,
    [LOG.method]: call.method,
  };
  if (session.id !== undefined) fields[LOG.sessionId] = session.id;
  if (call.requestId !== undefined) fields[LOG.requestId] = call.requestId;
  if (call.toolName !== undefined) fields[LOG.toolName] = call.toolName;
  addSpan(fields, call.span);
  for (const { logField, value } of call.baggage) fields[logField] = value;
  return fields;
}

function addSpan(fields: LogFields, span: Span | undefined): LogFields {
  if (span === undefined) return fields;
  const { traceId, spanId, traceFlags } = span.spanContext();
  fields[LOG.traceId] = traceId;
  fields[LOG.spanId] = spanId;
  fields[LOG.traceSampled] = (traceFlags & TraceFlags.SAMPLED) !== 0;
  return fields;
}
