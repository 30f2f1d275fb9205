/**
 * The request being handled, found from anywhere below it: by the log mixin, by the wrapper around a tool's
 * handler, by the pipeline. Each message is its own asynchronous context, so the scope is entered per message.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { TraceFlags } from "@opentelemetry/api";
import { LOG } from "../conventions.ts";
import type { Call } from "./call.ts";

const scope = new AsyncLocalStorage<Call>();

export const inScopeOf = <T>(call: Call, work: () => T): T => scope.run(call, work);

/** The request being handled; undefined outside of one. */
export const currentCall = (): Call | undefined => scope.getStore();

/** The log fields of the request being handled. */
export function logFields(): Record<string, unknown> {
  const call = scope.getStore();
  return call === undefined ? {} : fieldsOf(call);
}

export function fieldsOf(call: Call): Record<string, unknown> {
  const { session } = call;
  const fields: Record<string, unknown> = {
    [LOG.userId]: call.userId,
    [LOG.method]: call.method,
  };
  if (session.id !== undefined) fields[LOG.sessionId] = session.id;
  if (call.requestId !== undefined) fields[LOG.requestId] = call.requestId;
  if (call.toolName !== undefined) fields[LOG.toolName] = call.toolName;
  if (call.span !== undefined) {
    const { traceId, spanId, traceFlags } = call.span.spanContext();
    fields[LOG.traceId] = traceId;
    fields[LOG.spanId] = spanId;
    fields[LOG.traceSampled] = (traceFlags & TraceFlags.SAMPLED) !== 0;
  }
  for (const [name, value] of call.baggage) fields[name] = value;
  return fields;
}
