/**
 * MCP over HTTP, behind the edge. A request is handed to the server of the modern era, where it is of a revision without
 * sessions, else to its session's transport.
 */
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { Request, Response } from "express";
import type { Telemetry } from "mcp-telemetry";
import type { Service } from "../contracts/service.ts";
import { type EdgeSettings, type Inside, messagesIn, serveEdge } from "./edge.ts";
import { exchange } from "./exchange.ts";
import { checkBody, checkNegotiation, checkVersion } from "./guards.ts";
import { admitHttp } from "./modern/admission.ts";
import { isModern } from "./modern/era.ts";
import { exchange as modernExchange } from "./modern/exchange.ts";
import { type InFlightLimits, inFlight } from "./modern/in-flight.ts";
import type { ModernServer } from "./modern/server.ts";
import { Rejection } from "./rejection.ts";
import type { Resumption, SessionTransport } from "./session-transport.ts";
import { openSessions, type SessionLimits, type Sessions } from "./sessions.ts";

interface HttpSettings extends EdgeSettings, SessionLimits, InFlightLimits {
  /** Whether an answer that is sent alone is sent as JSON. */
  readonly jsonResponses: boolean;
}

/**
 * @param modern serves the requests of revisions without sessions
 * @param resumption without it, what was sent while a client was disconnected is lost
 * @throws {BootError} when the port is taken
 */
export function serveHttp(
  config: HttpSettings,
  build: () => McpServer,
  modern: ModernServer,
  telemetry: Telemetry,
  resumption?: Resumption,
): Promise<Service> {
  const sessions = openSessions(build, telemetry, config, resumption);
  const withoutSessions = inFlight(config);

  const handle: Inside["handle"] = async (request, response, use) => {
    const { auth, caller } = response.locals;
    if (isModern(request.body, request.get("mcp-protocol-version"))) {
      if (request.method !== "POST") throw new Rejection("method_not_allowed");
      const admitted = admitHttp(request.body, request.headers, modern.rules);
      const release = withoutSessions.begin(caller, admitted.message.method);
      const settled = modernExchange(modern, admitted, request, response, auth);
      use(settled);
      releaseAfter(response, settled, release);
      return;
    }
    const transport = await transportFor(request, auth.clientId, caller, sessions);
    const used = sessions.use(transport, messagesIn(request));
    if (request.method === "GET") response.once("close", telemetry.streamOpened());
    const exchanged = exchange(transport, request, response, auth, config.jsonResponses);
    const { answered, handled } = transport.progressOf(request.body);
    use(handled);
    response.once("close", () => void answered.then(used.answered));
    releaseAfter(response, handled, used.handled);
    await exchanged;
  };

  const inside: Inside = {
    path: "/mcp",
    paths: ["/mcp"],
    check: checkNegotiation,
    handle,
    rejected: ({ reason }) => telemetry.rejected(reason),
    stopAccepting: () => modern.subscriptions.endAll(),
    async close() {
      await Promise.all([sessions.closeAll(), modern.transport.close()]);
    },
  };
  return serveEdge(config, inside, telemetry);
}

/** A call goes on when its client has left, and holds its arguments. */
function releaseAfter(response: Response, settled: Promise<void>, release: () => void): void {
  response.once("close", () => void settled.then(release));
}

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
