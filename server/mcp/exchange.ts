/**
 * Connects an HTTP request of Node.js to the SDK's web-standard transport. The SDK's own adapter makes a `Request` with a
 * `Headers` object of every message. It also sends the headers of an answer in a packet of their own, which costs a
 * system call. Here the headers leave with the first event, or after {@link HEADERS_WAIT_MS} without one.
 */
import type { AuthInfo } from "@modelcontextprotocol/sdk/server/auth/types.js";
import type { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { Request, Response } from "express";
import type { RejectionReason } from "../telemetry/conventions.ts";
import { Rejection } from "./rejection.ts";

const HEADERS_WAIT_MS = 50;

/** Why the SDK refused a message that passed the guards, by its status: its session may have closed since. */
const REASONS: Readonly<Record<number, RejectionReason>> = { 404: "unknown_session" };

/**
 * Resolves when the answer has ended or the client has disconnected.
 *
 * @param auth the caller
 * @throws {Rejection} when the SDK refuses the request
 */
export async function exchange(
  transport: WebStandardStreamableHTTPServerTransport,
  request: Request,
  response: Response,
  auth: AuthInfo,
): Promise<void> {
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

/** The guards have judged these. The transport looks for words in them, in lower case. */
const JUDGED: Readonly<Record<string, string>> = {
  accept: "application/json, text/event-stream",
  "content-type": "application/json",
};

/** The members of a `Request` that the transport reads; see docs/vendor-seams.md. */
const partialRequest = ({ method, originalUrl, headers }: Request) =>
  ({
    method,
    url: `http://${headers.host}${originalUrl}`,
    headers: { get: (name: string) => JUDGED[name] ?? headers[name] ?? null, entries: () => Object.entries(headers) },
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
