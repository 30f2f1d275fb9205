/**
 * Finds the current request from any code that handles it: the logger, the wrapper of a tool's handler, the pipeline. Each
 * message is handled in an asynchronous context of its own.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { type Span, TraceFlags, trace } from "@opentelemetry/api";
import { LOG } from "../conventions.ts";
import type { Call } from "./call.ts";

const scope = new AsyncLocalStorage<Call>();

export const runInCall = <T>(call: Call, work: () => T): T => scope.run(call, work);

/** The request that is being handled; undefined outside of one. */
export const currentCall = (): Call | undefined => scope.getStore();

type LogFields = Record<string | symbol, unknown>;

/** Marks log fields that already include those of their request and need no redaction. */
export const HAS_CALL_FIELDS = Symbol("has call fields");

/** The log fields of the current request. Outside of a request, those of the active span. */
export function currentLogFields(): LogFields {
  const call = scope.getStore();
  return call === undefined ? addSpan({}, trace.getActiveSpan()) : logFieldsOf(call);
}

export function logFieldsOf(call: Call): LogFields {
  const { session } = call;
  const fields: LogFields = {
    [LOG.userId]: call.userId,
    [LOG.method]: call.method,
  };
  if (session.id !== undefined) fields[LOG.sessionId] = session.id;
  if (session.stateless) {
    fields[LOG.protocolVersion] = session.protocolVersion;
    if (session.clientName !== undefined) fields[LOG.clientName] = session.clientName;
  }
  if (call.requestId !== undefined) fields[LOG.requestId] = call.requestId;
  if (call.toolName !== undefined) fields[LOG.toolName] = call.toolName;
  if (call.promptName !== undefined) fields[LOG.promptName] = call.promptName;
  if (call.resourceUri !== undefined) fields[LOG.resourceUri] = call.resourceUri;
  if (session.server !== undefined) fields[LOG.server] = session.server;
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
