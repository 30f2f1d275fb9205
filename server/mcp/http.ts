/**
 * The HTTP listener of MCP. A request passes the guards. Then it is handed to the server of the modern era, where it is of
 * a revision without sessions, else to its session's transport. A refused request never reaches MCP: it is answered with a
 * JSON-RPC error, counted by its reason and logged once.
 */
import type { AuthInfo } from "@modelcontextprotocol/sdk/server/auth/types.js";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import express, { type ErrorRequestHandler, type Request, type Response } from "express";
import type { Service } from "../contracts/service.ts";
import { callerKey, ratePerCaller } from "../telemetry/caller-rate.ts";
import { callerOf, type Telemetry } from "../telemetry/index.ts";
import { listen, urlOf } from "../telemetry/listen.ts";
import { authenticator } from "./auth.ts";
import { type BodyLimits, bodiesInFlight } from "./bodies-in-flight.ts";
import { Disconnected, readJson } from "./body.ts";
import { handleCors } from "./cors.ts";
import { exchange } from "./exchange.ts";
import { checkBody, checkHost, checkMethod, checkNegotiation, checkOrigin, checkVersion } from "./guards.ts";
import { checkJson, type JsonLimits } from "./json-limits.ts";
import { type ConnectionLimits, httpServer } from "./listener.ts";
import { admitHttp } from "./modern/admission.ts";
import { isModern } from "./modern/era.ts";
import { exchange as modernExchange } from "./modern/exchange.ts";
import { type InFlightLimits, inFlight } from "./modern/in-flight.ts";
import type { ModernServer } from "./modern/server.ts";
import { answerError, Rejection } from "./rejection.ts";
import type { Resumption, SessionTransport } from "./session-transport.ts";
import { openSessions, type SessionLimits, type Sessions } from "./sessions.ts";

interface HttpSettings extends SessionLimits, InFlightLimits, JsonLimits, BodyLimits, ConnectionLimits {
  /** Of one caller. */
  readonly maxMessagesPerSecond: number;
  /** Whether an answer that is sent alone is sent as JSON. */
  readonly jsonResponses: boolean;
  readonly host: string;
  /** 0 lets the operating system choose. */
  readonly port: number;
  /** Host names without port, in lower case; `*` allows every host. */
  readonly allowedHosts: ReadonlySet<string>;
  /** Host names of origins, without port, in lower case; `*` allows every origin. */
  readonly allowedOrigins: ReadonlySet<string>;
  readonly tokensFile: string | undefined;
}

/** `caller` is who shares the limits. */
type Guarded = Response<unknown, { auth: AuthInfo; caller: string }>;

/**
 * @param modern serves the requests of revisions without sessions
 * @param resumption without it, what was sent while a client was disconnected is lost
 * @throws {BootError} when the port is taken
 */
export async function serveHttp(
  config: HttpSettings,
  build: () => McpServer,
  modern: ModernServer,
  telemetry: Telemetry,
  resumption?: Resumption,
): Promise<Service> {
  const sessions = openSessions(build, telemetry, config, resumption);
  const withoutSessions = inFlight(config);
  const bodies = bodiesInFlight(config);
  const isWithinRate = ratePerCaller(config.maxMessagesPerSecond);
  const authenticate = authenticator(config.tokensFile, telemetry);
  let pending = 0;
  let accepting = true;

  const guard = (request: Request, response: Guarded, next: () => void) => {
    checkHost(request, config.allowedHosts);
    checkOrigin(request, config.allowedOrigins);
    if (handleCors(request, response)) return;
    if (!accepting) throw new Rejection("shutting_down");
    checkMethod(request);
    const subject = authenticate(request.headers.authorization);
    if (subject === undefined) throw new Rejection("auth");
    checkNegotiation(request);
    const caller = callerKey(subject, request.socket.remoteAddress);
    response.locals = { auth: callerOf(request, subject), caller };
    bodies.expect(request, response, caller);
    if (request.method !== "GET") countPending(response);
    next();
  };

  const handle = async (request: Request, response: Guarded) => {
    const { auth, caller } = response.locals;
    request.body = await readJson(request, config.bodyLimit, (bytes) => {
      bodies.received(request, bytes.length);
      checkJson(bytes, config);
    });
    // The close of the response, which ends what is counted here, has been.
    if (response.destroyed) throw new Disconnected();
    const messages = messagesIn(request);
    if (messages > 0 && !isWithinRate(caller, messages)) throw new Rejection("message_rate");
    if (isModern(request.body, request.get("mcp-protocol-version"))) {
      if (request.method !== "POST") throw new Rejection("method_not_allowed");
      const admitted = admitHttp(request.body, request.headers, modern.rules);
      const release = withoutSessions.begin(caller, admitted.message.method);
      keepUntil(request, response, modernExchange(modern, admitted, request, response, auth), release);
      return;
    }
    const transport = await transportFor(request, auth.clientId, caller, sessions);
    const use = sessions.use(transport, messages);
    if (request.method === "GET") response.once("close", telemetry.streamOpened());
    const exchanged = exchange(transport, request, response, auth, config.jsonResponses);
    const { answered, handled } = transport.progressOf(request.body);
    response.once("close", () => void answered.then(use.answered));
    keepUntil(request, response, handled, use.handled);
    await exchanged;
  };

  /** A call goes on when its client has left, and holds its arguments. */
  const keepUntil = (request: Request, response: Response, settled: Promise<void>, release: () => void) => {
    bodies.usedUntil(request, settled);
    response.once("close", () => void settled.then(release));
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
    .use("/mcp", guard, handle)
    .use(() => {
      throw new Rejection("not_found");
    })
    .use(answerFailure(telemetry));

  const server = httpServer(app, config, telemetry);
  await listen(server, { host: config.host, port: config.port, variables: { host: "MCP_HOST", port: "MCP_PORT" } });
  telemetry.logger.info({ url: `${urlOf(server, config.host)}/mcp` }, "listening");
  return {
    accepting: () => accepting,
    pending: () => pending,
    stopAccepting() {
      accepting = false;
      modern.subscriptions.endAll();
      server.close();
      server.closeIdleConnections();
    },
    close: async () => {
      await Promise.all([sessions.closeAll(), modern.transport.close()]);
    },
    disconnected: new Promise(() => {}),
  };
}

const messagesIn = ({ method, body }: Request): number =>
  method !== "POST" ? 0 : Array.isArray(body) ? body.length : 1;

function transportFor(
  request: Request,
  subject: string,
  caller: string,
  sessions: Sessions,
): SessionTransport | Promise<SessionTransport> {
  const initializes = request.method === "POST" && checkBody(request.body);
  const id = request.get("mcp-session-id");
  if (!initializes) {
    checkVersion(request);
    return sessions.find(id, subject);
  }
  if (id === undefined) return sessions.open(subject, caller);
  sessions.find(id, subject);
  throw new Rejection("already_initialized");
}

const answerFailure =
  (telemetry: Telemetry): ErrorRequestHandler =>
  (error, request, response, _next) => {
    if (error instanceof Disconnected) return;
    const rejection = rejectionOf(error);
    if (rejection === undefined) telemetry.logger.error({ err: error }, "the HTTP edge failed");
    else telemetry.rejected(rejection.reason);
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
