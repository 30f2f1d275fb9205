/** The caller of an HTTP request: its subject and addresses. The SDK's `authInfo` carries them to the messages. */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Attributes } from "@opentelemetry/api";
import { ANONYMOUS, ATTR } from "../conventions.ts";
import type { Caller, MessageExtra } from "./mcp.ts";

/** The attributes of each open connection, which many requests share. */
const peers = new WeakMap<Socket, Attributes>();

/** @param subject the authenticated subject; never a token */
export function callerOf({ socket, httpVersion }: IncomingMessage, subject: string = ANONYMOUS): Caller {
  let peer = peers.get(socket);
  if (peer === undefined) {
    peer = attributesOf(socket, httpVersion);
    peers.set(socket, peer);
  }
  return { token: "", clientId: subject, scopes: [], extra: { peer } };
}

const attributesOf = (socket: Socket, httpVersion: string): Attributes => ({
  [ATTR.networkProtocolVersion]: httpVersion,
  ...(socket.remoteAddress !== undefined && { [ATTR.clientAddress]: socket.remoteAddress }),
  ...(socket.remotePort !== undefined && { [ATTR.clientPort]: socket.remotePort }),
  ...(socket.localAddress !== undefined && { [ATTR.serverAddress]: socket.localAddress }),
  ...(socket.localPort !== undefined && { [ATTR.serverPort]: socket.localPort }),
});

const MAX_SUBJECT_LENGTH = 128;

export const subjectOf = (caller: MessageExtra["authInfo"]): string =>
  caller?.clientId.slice(0, MAX_SUBJECT_LENGTH) ?? ANONYMOUS;

export const peerOf = (caller: MessageExtra["authInfo"]): Attributes =>
  (caller?.extra?.peer as Attributes | undefined) ?? {};
