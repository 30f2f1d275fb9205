/** Answers an HTTP request of the modern era. */
import type { AuthInfo } from "@modelcontextprotocol/server";
import type { Request, Response } from "express";
import { replyTo } from "../reply.ts";
import type { Admitted } from "./admission.ts";
import type { Origin } from "./requests-transport.ts";
import type { ModernServer } from "./server.ts";

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
  const { cancel, settled } = transport.request(admitted.message, origin, replyTo(response).send);
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
