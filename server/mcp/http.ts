/**
 * The HTTP listener of MCP. A request passes the guards and is then handed to its session's transport. A refused request
 * never reaches MCP: it is answered with a JSON-RPC error, counted by its reason and logged once.
 */
import { createServer } from "node:http";
import type { AuthInfo } from "@modelcontextprotocol/sdk/server/auth/types.js";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import express, { type ErrorRequestHandler, type Request, type Response } from "express";
import type { Service } from "../contracts/service.ts";
import { callerOf, type Telemetry } from "../telemetry/index.ts";
import { listen, urlOf } from "../telemetry/listen.ts";
import { authenticator } from "./auth.ts";
import { exchange } from "./exchange.ts";
import { checkBody, checkHost, checkMethod, checkNegotiation, checkOrigin, checkVersion } from "./guards.ts";
import { Rejection } from "./rejection.ts";
import { openSessions, type SessionLimits, type Sessions } from "./sessions.ts";

interface HttpSettings extends SessionLimits {
  readonly host: string;
  /** 0 lets the operating system choose. */
  readonly port: number;
  /** Host names without port, in lower case; `*` allows every host. */
  readonly allowedHosts: ReadonlySet<string>;
  /** Host names of origins, without port, in lower case; `*` allows every origin. */
  readonly allowedOrigins: ReadonlySet<string>;
  /** Maximum size of a request's body, in bytes. */
  readonly bodyLimit: number;
  readonly tokensFile: string | undefined;
}

type Guarded = Response<unknown, { auth: AuthInfo }>;

/** @throws {BootError} when the port is taken */
export async function serveHttp(config: HttpSettings, build: () => McpServer, telemetry: Telemetry): Promise<Service> {
  const sessions = openSessions(build, telemetry, config);
  const authenticate = authenticator(config.tokensFile);
  let pending = 0;
  let accepting = true;

  const guard = (request: Request, response: Guarded, next: () => void) => {
    if (!accepting) throw new Rejection("shutting_down");
    checkMethod(request);
    checkHost(request, config.allowedHosts);
    checkOrigin(request, config.allowedOrigins);
    const subject = authenticate(request.headers.authorization);
    if (subject === undefined) throw new Rejection("auth");
    checkNegotiation(request);
    checkVersion(request);
    response.locals.auth = callerOf(request, subject);
    if (request.method !== "GET") countPending(response);
    next();
  };

  const handle = async (request: Request, response: Guarded) => {
    const { auth } = response.locals;
    const transport = await transportFor(request, auth.clientId, sessions);
    response.once("close", sessions.inUse(transport));
    if (request.method === "GET") response.once("close", telemetry.streamOpened());
    await exchange(transport, request, response, auth);
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
    .use("/mcp", guard, express.json({ limit: config.bodyLimit, type: () => true, strict: false }), handle)
    .use((_request, response) => {
      response.status(404).json(errorBody(-32000, "Not found: MCP is at /mcp"));
    })
    .use(answerFailure(telemetry));

  const server = createServer(app);
  await listen(server, { host: config.host, port: config.port, variables: { host: "MCP_HOST", port: "MCP_PORT" } });
  telemetry.logger.info({ url: `${urlOf(server, config.host)}/mcp` }, "listening");
  return {
    accepting: () => accepting,
    pending: () => pending,
    stopAccepting() {
      accepting = false;
      server.close();
      server.closeIdleConnections();
    },
    close: () => sessions.closeAll(),
    disconnected: new Promise(() => {}),
  };
}

function transportFor(
  request: Request,
  subject: string,
  sessions: Sessions,
): WebStandardStreamableHTTPServerTransport | Promise<WebStandardStreamableHTTPServerTransport> {
  const initializes = request.method === "POST" && checkBody(request.body);
  const id = request.get("mcp-session-id");
  if (!initializes) return sessions.find(id, subject);
  if (id === undefined) return sessions.open(subject);
  sessions.find(id, subject);
  throw new Rejection("already_initialized");
}

const answerFailure =
  (telemetry: Telemetry): ErrorRequestHandler =>
  (error, _request, response, _next) => {
    const rejection = rejectionOf(error);
    if (rejection === undefined) telemetry.logger.error({ err: error }, "the HTTP edge failed");
    else telemetry.rejected(rejection.reason);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const [status, code, message, headers] = rejection?.refusal ?? [500, -32603, "Internal error"];
    response
      .status(status)
      .set(headers ?? {})
      .json(errorBody(code, message));
  };

/** Maps an error of the body parser by its `type`. A body that cannot be decompressed causes one without a type. */
function rejectionOf(error: unknown): Rejection | undefined {
  if (error instanceof Rejection) return error;
  if (error instanceof URIError) return new Rejection("invalid_message");
  if (typeof error !== "object" || error === null || !("status" in error) || Number(error.status) >= 500) return;
  switch ("type" in error && error.type) {
    case "entity.too.large":
      return new Rejection("body_too_large");
    case "charset.unsupported":
    case "encoding.unsupported":
      return new Rejection("unsupported_media_type");
    default:
      return new Rejection("malformed_json");
  }
}

const errorBody = (code: number, message: string) => ({ jsonrpc: "2.0", error: { code, message }, id: null });
