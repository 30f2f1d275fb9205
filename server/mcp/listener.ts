/**
 * The HTTP server below the guards. What Node.js answers by itself, or closes without an answer, is answered with a
 * JSON-RPC error, counted and logged here like every other refusal.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Telemetry } from "mcp-telemetry";
import type { RejectionReason } from "mcp-telemetry/conventions";
import { answerOnSocket, Rejection } from "./rejection.ts";

/** By the code of a `clientError`; every other code is `malformed_http`. */
const REASONS: Readonly<Record<string, RejectionReason>> = {
  HPE_HEADER_OVERFLOW: "headers_too_large",
  ERR_HTTP_REQUEST_TIMEOUT: "request_timeout",
};
const DISCONNECTED: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE"]);

export interface ConnectionLimits {
  readonly keepAliveMs: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly maxHeaderBytes: number;
  readonly maxConnections: number;
}

export function httpServer(serve: RequestListener, limits: ConnectionLimits, telemetry: Telemetry): Server {
  /** The newest answer on each connection. */
  const answers = new WeakMap<Duplex, ServerResponse>();

  const refuse = (socket: Duplex, reason: RejectionReason) => {
    if (socket.writableEnded) return;
    telemetry.rejected(reason);
    const answer = answers.get(socket);
    if (answer?.headersSent && !answer.writableEnded) socket.destroy();
    else answerOnSocket(socket, new Rejection(reason));
  };

  const onRequest: RequestListener = (request, response) => {
    answers.set(request.socket, response);
    toOriginForm(request);
    serve(request, response);
  };

  const onClientError = (error: NodeJS.ErrnoException, socket: Duplex) => {
    const { code = "" } = error;
    const sentNothing = "bytesRead" in socket && socket.bytesRead === 0;
    if (!socket.writable || sentNothing || DISCONNECTED.has(code)) socket.destroy();
    else refuse(socket, REASONS[code] ?? "malformed_http");
  };

  let open = 0;
  const onConnection = (socket: Duplex) => {
    open += 1;
    socket.once("close", () => {
      open -= 1;
    });
    if (open > limits.maxConnections) refuse(socket, "too_many_connections");
  };

  const { keepAliveMs, headersTimeoutMs, requestTimeoutMs, maxHeaderBytes } = limits;
  const headersTimeout = Math.min(headersTimeoutMs, requestTimeoutMs);
  const options = {
    requireHostHeader: false,
    keepAliveTimeout: keepAliveMs,
    headersTimeout,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.ceil(headersTimeout / 2),
    maxHeaderSize: maxHeaderBytes,
  };
  return createServer(options, onRequest)
    .on("connection", onConnection)
    .on("checkExpectation", onRequest)
    .on("connect", (_request, socket) => refuse(socket, "method_not_allowed"))
    .on("clientError", onClientError);
}

/** A request target in absolute form names the host, and the header `Host` is ignored: RFC 9112, section 3.2.2. */
function toOriginForm(request: IncomingMessage): void {
  const [, authority, path = ""] = /^https?:\/\/([^/?]*)(.*)$/i.exec(request.url ?? "") ?? [];
  if (authority === undefined) return;
  request.headers.host = authority;
  request.url = path.startsWith("/") ? path : `/${path}`;
}
