/** What the HTTP edge knows of a caller, carried to the transport's messages in the SDK's own `authInfo`. */
import type { IncomingMessage } from "node:http";
import type { AuthInfo } from "@modelcontextprotocol/sdk/server/auth/types.js";
import type { Attributes } from "@opentelemetry/api";
import { ANONYMOUS, ATTR } from "../conventions.ts";

/** @param subject the authenticated subject; never a token */
export function callerOf(request: IncomingMessage, subject: string = ANONYMOUS): AuthInfo {
  const { socket } = request;
  const peer: Attributes = {
    [ATTR.networkProtocolVersion]: request.httpVersion,
    ...(socket.remoteAddress !== undefined && { [ATTR.clientAddress]: socket.remoteAddress }),
    ...(socket.remotePort !== undefined && { [ATTR.clientPort]: socket.remotePort }),
    ...(socket.localAddress !== undefined && { [ATTR.serverAddress]: socket.localAddress }),
    ...(socket.localPort !== undefined && { [ATTR.serverPort]: socket.localPort }),
  };
  return { token: "", clientId: subject, scopes: [], extra: { peer } };
}

export const subjectOf = (caller: AuthInfo | undefined): string => caller?.clientId ?? ANONYMOUS;

export const peerAttributes = (caller: AuthInfo | undefined): Attributes =>
  (caller?.extra?.peer as Attributes | undefined) ?? {};
