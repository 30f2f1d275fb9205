/**
 * The HTTP edge: what a request passes before it is handled. A refused request is answered with a JSON-RPC error, counted
 * by its reason and logged once.
 */
import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { AuthInfo } from "@modelcontextprotocol/sdk/server/auth/types.js";
import express, { type ErrorRequestHandler, type Request, type Response } from "express";
import { callerOf, type Telemetry } from "mcp-telemetry";
import { callerKey, ratePerCaller } from "mcp-telemetry/caller-rate";
import { LISTENING_LINE } from "mcp-telemetry/conventions";
import { listen, urlOf } from "mcp-telemetry/listen";
import type { Service } from "../contracts/service.ts";
import { authenticator } from "./auth.ts";
import { type BodyLimits, bodiesInFlight } from "./bodies-in-flight.ts";
import { Disconnected, readJson } from "./body.ts";
import { handleCors } from "./cors.ts";
import { checkHost, checkMethod, checkOrigin } from "./guards.ts";
import { checkJson, type JsonLimits } from "./json-limits.ts";
import { type ConnectionLimits, httpServer } from "./listener.ts";
import { answerError, Rejection } from "./rejection.ts";

export interface EdgeSettings extends JsonLimits, BodyLimits, ConnectionLimits {
  /** Of one caller. */
  readonly maxMessagesPerSecond: number;
  readonly host: string;
  /** 0 lets the operating system choose. */
  readonly port: number;
  /** Host names without port, in lower case; `*` allows every host. */
  readonly allowedHosts: ReadonlySet<string>;
  /** Host names of origins, without port, in lower case; `*` allows every origin. */
  readonly allowedOrigins: ReadonlySet<string>;
  readonly tokensFile: string | undefined;
  /** The name of this replica; undefined where there is one server, without a router in front. */
  readonly replica: string | undefined;
}

/** `caller` is who shares the limits. */
export type Guarded = Response<unknown, { auth: AuthInfo; caller: string }>;

/** What is behind the edge. */
export interface Inside {
  /** A pattern of Express for the path of the URL. */
  readonly path: string;
  /** The paths that it matches. */
  readonly paths: readonly string[];
  /** Further checks, before the body is read. @throws {Rejection} */
  check(request: Request): void;
  /** Called with the bytes of a body that is within the limits, before they are parsed. */
  received?(request: Request, bytes: Buffer): void;
  /** Handles a request whose body is parsed. @param use call it when the body is used for longer than the exchange */
  handle(request: Request, response: Guarded, use: (until: Promise<unknown>) => void): Promise<void>;
  /** Counts and logs a refused request. */
  rejected(rejection: Rejection, request: Request): void;
  /** Called when no more requests are accepted. */
  stopAccepting(): void;
  /** Ends every session. */
  close(): Promise<void>;
}

/** @throws {BootError} when the port is taken */
export async function serveEdge(config: EdgeSettings, inside: Inside, telemetry: Telemetry): Promise<Service> {
  const bodies = bodiesInFlight(config);
  const isWithinRate = ratePerCaller(config.maxMessagesPerSecond);
  const authenticate = authenticator(config.tokensFile, telemetry);
  let pending = 0;
  let accepting = true;

  const guard = (request: Request, response: Guarded, next: () => void) => {
    checkHost(request, config.allowedHosts);
    checkOrigin(request, config.allowedOrigins);
    if (handleCors(request, response)) return;
    if (!accepting) {
      response.setHeader("connection", "close");
      throw new Rejection("shutting_down");
    }
    checkMethod(request);
    const subject = authenticate(request.headers.authorization);
    if (subject === undefined) throw new Rejection("auth");
    inside.check(request);
    const caller = callerKey(subject, request.socket.remoteAddress);
    response.locals = { auth: callerOf(request, subject), caller };
    bodies.expect(request, response, caller);
    if (request.method !== "GET") countPending(response);
    next();
  };

  const handle = async (request: Request, response: Guarded) => {
    request.body = await readJson(request, config.bodyLimit, (bytes) => {
      bodies.received(request, bytes.length);
      checkJson(bytes, config);
      inside.received?.(request, bytes);
    });
    // The close of the response, which ends what is counted here, has been.
    if (response.destroyed) throw new Disconnected();
    const messages = messagesIn(request);
    if (messages > 0 && !isWithinRate(response.locals.caller, messages)) throw new Rejection("message_rate");
    await inside.handle(request, response, (until) => bodies.usedUntil(request, until));
  };

  /** Called before the body has arrived: such a request was accepted too, and delays the shutdown. */
  const countPending = (response: Response) => {
    pending += 1;
    response.once("close", () => {
      pending -= 1;
    });
  };

  const app = express()
    .disable("x-powered-by")
    .disable("etag")
    .use(inside.path, guard, handle)
    .head("/", answerHealthCheck)
    .use(() => {
      throw new Rejection("not_found");
    })
    .use(answerFailure(inside, telemetry));

  const server = httpServer(app, config, telemetry);
  await listen(server, { host: config.host, port: config.port, variables: { host: "MCP_HOST", port: "MCP_PORT" } });
  for (const path of inside.paths)
    telemetry.logger.info({ url: `${urlOf(server, config.host)}${path}` }, LISTENING_LINE);
  return {
    accepting: () => accepting,
    pending: () => pending,
    stopAccepting() {
      accepting = false;
      inside.stopAccepting();
      server.close();
      server.closeIdleConnections();
    },
    async close() {
      await inside.close();
      if (config.replica !== undefined) await untilDisconnected(server);
    },
    disconnected: new Promise(() => {}),
  };
}

/** Time in which a router learns that this replica ends: three of its checks of `/readyz`. */
const LINGER_MS = 3000;
const POLL_MS = 10;

/**
 * A router may send another request on an open connection before it learns of the end: it is refused. If the process ended
 * at once, such a request would be lost without an answer.
 */
async function untilDisconnected(server: Server): Promise<void> {
  const deadline = performance.now() + LINGER_MS;
  const connections = promisify(server.getConnections.bind(server));
  while ((await connections()) > 0 && performance.now() < deadline) await sleep(POLL_MS);
}

/** A load balancer or the probe asks whether HTTP is spoken here: nothing is refused to it. */
const answerHealthCheck = (_request: Request, response: Response) => response.status(200).end();

/** The number of messages that a request brings. */
export const messagesIn = ({ method, body }: Request): number =>
  method !== "POST" ? 0 : Array.isArray(body) ? body.length : 1;

const answerFailure =
  (inside: Inside, { logger }: Telemetry): ErrorRequestHandler =>
  (error, request, response, _next) => {
    if (error instanceof Disconnected) return;
    const rejection = rejectionOf(error);
    if (rejection === undefined) logger.error({ err: error }, "the HTTP edge failed");
    else inside.rejected(rejection, request);
    if (response.headersSent) response.destroy();
    // By then, a body that came in one packet with the headers is complete.
    else setImmediate(() => answerError(request, response, rejection, idOf(request.body)));
  };

/** Express throws a URIError for a path that is not valid percent-encoding. */
function rejectionOf(error: unknown): Rejection | undefined {
  if (error instanceof Rejection) return error;
  return error instanceof URIError ? new Rejection("not_found") : undefined;
}

/** @returns the id of a JSON-RPC message; null for a batch, and for a body that was not read */
function idOf(body: unknown): string | number | null {
  const id = typeof body === "object" && body !== null && "id" in body ? body.id : undefined;
  return typeof id === "string" || typeof id === "number" ? id : null;
}
