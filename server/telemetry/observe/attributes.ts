/**
 * The name and the attributes of a request's span. The attributes are set at the end of the request: the OpenTelemetry
 * SDK validates each attribute twice when a span starts with it.
 */
import type { Attributes } from "@opentelemetry/api";
import { ATTR, ERROR_CLASSES, EXECUTE_TOOL, NETWORK_TRANSPORT } from "../conventions.ts";
import type { Call } from "../request/call.ts";
import type { FinishedCall } from "../request/outcome.ts";

export const spanName = (call: Call): string => {
  const target = call.toolName ?? call.promptName;
  return target === undefined ? call.method : `${call.method} ${target}`;
};

export function spanAttributes({ call, verdict, tool, sizes }: FinishedCall): Attributes {
  const { session } = call;
  const attributes: Attributes = {
    [ATTR.methodName]: call.method,
    [ATTR.userId]: call.userId,
    [ATTR.networkTransport]: NETWORK_TRANSPORT[session.transport],
    ...call.peer,
  };
  if (session.transport === "http") attributes[ATTR.networkProtocolName] = "http";
  if (session.server !== undefined) attributes[ATTR.server] = session.server;
  if (session.id !== undefined) attributes[ATTR.sessionId] = session.id;
  if (session.protocolVersion !== undefined) attributes[ATTR.protocolVersion] = session.protocolVersion;
  if (session.clientName !== undefined) attributes[ATTR.clientName] = session.clientName;
  if (session.stateless && session.clientVersion !== undefined) attributes[ATTR.clientVersion] = session.clientVersion;
  if (call.requestId !== undefined) attributes[ATTR.requestId] = call.requestId;
  if (call.promptName !== undefined) attributes[ATTR.promptName] = call.promptName;
  if (call.resourceUri !== undefined) attributes[ATTR.resourceUri] = call.resourceUri;
  if (sizes !== undefined) {
    attributes[ATTR.inputSize] = sizes.inputBytes;
    attributes[ATTR.outputSize] = sizes.outputBytes;
  }
  if (call.toolName !== undefined && tool !== undefined) {
    attributes[ATTR.toolName] = call.toolName;
    attributes[ATTR.operationName] = EXECUTE_TOOL;
    attributes[ATTR.budgetMs] = tool.budgetMs;
    attributes[ATTR.argCount] = argumentCount(call.params.arguments);
    if (tool.timeoutMs !== undefined) attributes[ATTR.timeoutMs] = tool.timeoutMs;
    if (call.costUsd !== undefined) attributes[ATTR.estimatedCost] = call.costUsd;
  }
  for (const { attribute, value } of call.baggage) attributes[attribute] = value;
  if (verdict.statusCode !== undefined) attributes[ATTR.statusCode] = verdict.statusCode;
  if (verdict.errorType !== undefined) attributes[ATTR.errorType] = verdict.errorType;
  if (verdict.fault !== undefined) attributes[ATTR.rejectionReason] = verdict.fault;
  if (verdict.errorClass !== undefined) {
    attributes[ATTR.errorClass] = verdict.errorClass;
    attributes[ATTR.errorRetryable] = ERROR_CLASSES[verdict.errorClass];
  }
  return attributes;
}

const argumentCount = (args: unknown): number =>
  typeof args === "object" && args !== null ? Object.keys(args).length : 0;
