/**
 * One HTTP exchange with the SDK's web-standard transport. In place of the SDK's own adapter for Node.js, which makes
 * a `Request` of every message with all its headers, and sends the headers of an answer ahead of it, in a packet and
 * a system call of their own. Here they leave with the first event, or after a while without one.
 */
import type { AuthInfo } from "@modelcontextprotocol/sdk/server/auth/types.js";
import type { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { Request, Response } from "express";

const HEADERS_WAIT_MS = 50;

/** Resolves when the answer has ended, or its client has gone. @param auth who asks */
export async function exchange(
  transport: WebStandardStreamableHTTPServerTransport,
  request: Request,
  response: Response,
  auth: AuthInfo,
): Promise<void> {
  const { status, headers, body } = await transport.handleRequest(whatIsRead(request), {
    authInfo: auth,
    parsedBody: request.body,
  });
  response.writeHead(status, Object.fromEntries(headers));
  if (body === null) response.end();
  else await stream(body.getReader(), response, request.method === "GET" ? 0 : HEADERS_WAIT_MS);
}

/** The transport asks a request for nothing else. */
const whatIsRead = ({ method, originalUrl, headers }: Request) =>
  ({
    method,
    url: `http://${headers.host}${originalUrl}`,
    headers: { get: (name: string) => headers[name] ?? null, entries: () => Object.entries(headers) },
  }) as unknown as globalThis.Request;

async function stream(
  events: ReadableStreamDefaultReader<Uint8Array>,
  response: Response,
  headersWaitMs: number,
): Promise<void> {
  const waiting = setTimeout(() => response.flushHeaders(), headersWaitMs);
  let goOn = () => {};
  const gone = () => {
    if (!response.writableFinished) void events.cancel().catch(() => {});
    goOn();
  };
  response.on("drain", () => goOn()).once("close", gone);
  if (response.destroyed) gone();
  for (let next = await events.read(); !next.done && !response.destroyed; next = await events.read()) {
    clearTimeout(waiting);
    if (response.write(next.value)) continue;
    await new Promise<void>((resolve) => {
      goOn = resolve;
    });
  }
  clearTimeout(waiting);
  response.end();
}
