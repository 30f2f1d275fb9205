/** The attributes a span has from its start; those of the outcome are set by `finish.ts`. */
import type { Attributes } from "@opentelemetry/api";
import { ATTR, EXECUTE_TOOL, NETWORK_TRANSPORT } from "../conventions.ts";
import type { Call } from "./call.ts";

export const spanName = (call: Call): string => {
  const target = call.toolName ?? call.promptName;
  return target === undefined ? call.method : `${call.method} ${target}`;
};

export function startAttributes(call: Call, params: Readonly<Record<string, unknown>>, peer: Attributes): Attributes {
  const { session } = call;
  const attributes: Attributes = {
    [ATTR.methodName]: call.method,
    [ATTR.userId]: call.userId,
    [ATTR.networkTransport]: NETWORK_TRANSPORT[session.transport],
    ...peer,
  };
  if (session.transport === "http") attributes[ATTR.networkProtocolName] = "http";
  if (session.id !== undefined) attributes[ATTR.sessionId] = session.id;
  if (session.protocolVersion !== undefined) attributes[ATTR.protocolVersion] = session.protocolVersion;
  if (call.requestId !== undefined) attributes[ATTR.requestId] = call.requestId;
  if (call.promptName !== undefined) attributes[ATTR.promptName] = call.promptName;
  if (call.toolName !== undefined) {
    attributes[ATTR.toolName] = call.toolName;
    attributes[ATTR.operationName] = EXECUTE_TOOL;
  }
  if (call.method.startsWith("resources/")) {
    const uri = strippedUri(params.uri);
    if (uri !== undefined) attributes[ATTR.resourceUri] = uri;
  }
  return attributes;
}

/** A resource URI without userinfo, query and fragment, where callers put secrets. */
export function strippedUri(uri: unknown): string | undefined {
  if (typeof uri !== "string" || !URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  url.username = "";
  url.password = "";
  url.search = "";
  url.hash = "";
  return url.href;
}
