/**
 * Answers an HTTP request of the modern era: with one JSON object, or with an event stream where the server sends
 * something before its answer.
 */
import type { AuthInfo, JSONRPCMessage } from "@modelcontextprotocol/server";
import type { Request, Response } from "express";
import type { Admitted } from "./admission.ts";
import type { Origin, Reply } from "./requests-transport.ts";
import type { ModernServer } from "./server.ts";

/** Proxies close a connection that is silent for a minute or so. */
const KEEP_ALIVE_MS = 15_000;

const STREAM_HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

/** @param auth the caller @returns resolves when no handler runs any more; that may be after the client has left */
export async function exchange(
  { transport }: ModernServer,
  admitted: Admitted,
  request: Request,
  response: Response,
  auth: AuthInfo,
): Promise<void> {
  const origin = { authInfo: auth, request: partialRequest(request) };
  if (admitted.messageKind === "notification") {
    transport.notify(admitted.message, origin);
    response.writeHead(202).end();
    return;
  }
  const { cancel, settled } = transport.request(admitted.message, origin, replyTo(response));
  response.once("close", cancel);
  await settled;
}

/** The members of a `Request` that the telemetry and handlers read: to make a whole one costs more than the call. */
const partialRequest = ({ method, originalUrl, headers }: Request): NonNullable<Origin["request"]> =>
  ({
    method,
    url: `http://${headers.host}${originalUrl}`,
    headers: { get: (name: string) => headers[name.toLowerCase()] ?? null },
  }) as unknown as globalThis.Request;

function replyTo(response: Response): Reply {
  return async (message, status) => {
    if (response.destroyed) throw new Error("the client has disconnected");
    const isAnswer = !("method" in message);
    if (isAnswer && !response.headersSent) answer(response, message, status);
    else {
      if (!response.headersSent) openStream(response);
      await write(response, `event: message\ndata: ${JSON.stringify(message)}\n\n`);
      if (isAnswer) response.end();
    }
  };
}

function answer(response: Response, message: JSONRPCMessage, status: number): void {
  const body = JSON.stringify(message);
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  response.writeHead(status, headers).end(body);
}

function openStream(response: Response): void {
  response.writeHead(200, STREAM_HEADERS);
  const keepAlive = setInterval(() => response.write(": keep-alive\n\n"), KEEP_ALIVE_MS);
  response.once("close", () => clearInterval(keepAlive));
}

/** Waits for a client that reads slowly. */
async function write(response: Response, event: string): Promise<void> {
  if (response.write(event)) return;
  await new Promise<void>((resolve) => {
    response.once("drain", resolve).once("close", resolve);
  });
}
