/**
 * Connects an HTTP request of Node.js to the transport of a session. A body that is one request goes to the server without
 * the SDK's transport, and is answered with JSON where nothing comes before its answer. Everything else goes to the SDK's
 * web-standard transport. The SDK's own adapter makes a `Request` with a `Headers` object of every message. It also sends
 * the headers of an answer in a packet of their own, which costs a system call. Here the headers leave with the first
 * event, or after {@link HEADERS_WAIT_MS} without one.
 */
import type { AuthInfo } from "@modelcontextprotocol/sdk/server/auth/types.js";
import type { JSONRPCRequest, MessageExtraInfo } from "@modelcontextprotocol/sdk/types.js";
import type { Request, Response } from "express";
import type { RejectionReason } from "mcp-telemetry/conventions";
import { Rejection } from "./rejection.ts";
import { replyTo } from "./reply.ts";
import type { SessionTransport } from "./session-transport.ts";

const HEADERS_WAIT_MS = 50;

/** Why the SDK refused a message that passed the guards, by its status: its session may have closed since. */
const REASONS: Readonly<Record<number, RejectionReason>> = { 404: "unknown_session" };

/**
 * Resolves when the answer has ended, the client has disconnected, or the server has a request that it will answer.
 *
 * @param auth the caller
 * @param jsonResponses `false` leaves every answer to the SDK, which sends it as an event stream
 * @throws {Rejection} when the request is refused
 */
export async function exchange(
  transport: SessionTransport,
  request: Request,
  response: Response,
  auth: AuthInfo,
  jsonResponses: boolean,
): Promise<void> {
  if (jsonResponses && transport.answersDirectly && isRequest(request.body)) {
    const headers = { "mcp-session-id": String(transport.sessionId) };
    transport.request(
      request.body,
      extraOf(request, auth),
      replyTo(response, { headers, streamAfterMs: HEADERS_WAIT_MS }),
    );
    return;
  }
  const { status, headers, body } = await transport.handleRequest(partialRequest(request), {
    authInfo: auth,
    parsedBody: request.body,
  });
  if (status >= 400) throw new Rejection(REASONS[status] ?? "invalid_message");
  // The SDK always says `keep-alive`. Node.js knows what the client asked for, and whether the server is shutting down.
  headers.delete("connection");
  response.writeHead(status, Object.fromEntries(headers));
  if (body === null) response.end();
  else await stream(body.getReader(), response, request.method === "GET" ? 0 : HEADERS_WAIT_MS);
}

/** The guards have judged the body: it is one JSON-RPC message, or a list. */
const isRequest = (body: unknown): body is JSONRPCRequest =>
  typeof body === "object" && body !== null && "method" in body && "id" in body;

/** What the SDK tells a handler of the HTTP request. Few handlers ask for the URL, which is costly to make. */
const extraOf = (request: Request, authInfo: AuthInfo): MessageExtraInfo => ({
  authInfo,
  requestInfo: {
    headers: request.headers,
    get url() {
      return new URL(urlOf(request));
    },
  },
});

const urlOf = ({ originalUrl, headers }: Request): string => `http://${headers.host}${originalUrl}`;

/** The guards have judged these. The transport looks for words in them, in lower case. */
const JUDGED: Readonly<Record<string, string>> = {
  accept: "application/json, text/event-stream",
  "content-type": "application/json",
};

/** The members of a `Request` that the transport reads; see docs/vendor-seams.md. */
const partialRequest = (request: Request) =>
  ({
    method: request.method,
    url: urlOf(request),
    headers: {
      get: (name: string) => JUDGED[name] ?? request.headers[name] ?? null,
      entries: () => Object.entries(request.headers),
    },
  }) as unknown as globalThis.Request;

async function stream(
  events: ReadableStreamDefaultReader<Uint8Array>,
  response: Response,
  headersWaitMs: number,
): Promise<void> {
  const headersTimer = setTimeout(() => response.flushHeaders(), headersWaitMs);
  let resumeWriting = () => {};
  const onClose = () => {
    if (!response.writableFinished) void events.cancel().catch(() => {});
    resumeWriting();
  };
  response.on("drain", () => resumeWriting()).once("close", onClose);
  if (response.destroyed) onClose();
  for (let next = await events.read(); !next.done && !response.destroyed; next = await events.read()) {
    clearTimeout(headersTimer);
    if (response.write(next.value)) continue;
    await new Promise<void>((resolve) => {
      resumeWriting = resolve;
    });
  }
  clearTimeout(headersTimer);
  response.end();
}
