/**
 * Stands in front of MCP servers over HTTP, of both eras. A request passes the edge, then goes to its upstream server
 * byte for byte; so does the answer. Session ids are this process's own. What passes is observed, and a request gets the
 * context of its span when traces are exported.
 */
import type { Request } from "express";
import type { ServerTelemetry, Telemetry } from "mcp-telemetry";
import { type Identity, messageObservers, type Observer } from "mcp-telemetry/passing";
import type { Service } from "../contracts/service.ts";
import { type EdgeSettings, type Inside, serveEdge } from "../mcp/edge.ts";
import { isModern } from "../mcp/modern/era.ts";
import { type InFlightLimits, inFlight } from "../mcp/modern/in-flight.ts";
import { Rejection } from "../mcp/rejection.ts";
import { conversation } from "./conversation.ts";
import { SESSION_ID } from "./headers.ts";
import { idsOf, messagesOf, observeBody } from "./messages.ts";
import { type Passing, passage } from "./passage.ts";
import { proxySessions, type SessionLimits } from "./sessions.ts";
import { openStreams } from "./streams.ts";
import { endSession } from "./upstream-request.ts";
import type { Upstream } from "./upstreams.ts";

type ProxySettings = EdgeSettings & SessionLimits & InFlightLimits;

/** An upstream server with its telemetry. */
interface Served {
  readonly upstream: Upstream;
  readonly telemetry: ServerTelemetry;
  readonly observe: (identity: Identity) => Observer;
}

/** @throws {BootError} when the port is taken */
export function serveProxy(
  config: ProxySettings,
  upstreams: readonly Upstream[],
  telemetry: Telemetry,
): Promise<Service> {
  const sessions = proxySessions(config, ({ upstream, upstreamId }) => endSession(upstream, upstreamId));
  const withoutSessions = inFlight(config);
  const streams = openStreams(telemetry.streamOpened);
  const { logger } = telemetry;
  const pass = passage({ sessions, streams, logger, passesAuthorization: config.tokensFile === undefined });
  const byName = new Map(upstreams.map((upstream) => [upstream.name, served(upstream, telemetry)]));
  const chosen = new WeakMap<Request, Served>();
  const bodies = new WeakMap<Request, Buffer>();

  const handle: Inside["handle"] = async (request, response) => {
    const server = chosen.get(request);
    if (server === undefined) throw new Rejection("not_found");
    const { upstream } = server;
    const { auth, caller } = response.locals;
    const messages = messagesOf(request);
    const modern = isModern(request.body, request.get("mcp-protocol-version"));
    const id = modern ? undefined : request.get(SESSION_ID);
    const session = id === undefined ? undefined : sessions.find(id, auth.clientId, upstream);
    const opensSession = !modern && session === undefined && messages.some(({ method }) => method === "initialize");
    if (opensSession) sessions.makeRoom(caller);
    const talk = session?.conversation ?? conversation(server.observe);
    const passing = { request, response, upstream, messages, talk, opensSession, session };
    response.once("close", begin(passing, caller));
    const received = {
      body: bodies.get(request),
      isBatch: Array.isArray(request.body),
      messages,
      extra: { authInfo: auth, requestInfo: { headers: request.headers } },
    };
    try {
      await observeBody(received, talk, (body) => pass(passing, body));
    } finally {
      if (passing.session === undefined) talk.end("transport_closed");
    }
  };

  /** Counts a request. @returns a function to call when it has ended @throws {Rejection} */
  const begin = ({ messages, session, talk }: Passing, caller: string): (() => void) => {
    const ids = idsOf(messages);
    if (session !== undefined) return sessions.use(session, messages.length, ids);
    const release = messages.length === 0 ? () => {} : withoutSessions.begin(caller, messages[0]?.method ?? "");
    for (const id of ids) talk.expect(id, () => {});
    return release;
  };

  const inside: Inside = {
    path: upstreams[0]?.name === undefined ? "/mcp" : "/mcp/:server",
    paths: upstreams.map(({ name }) => (name === undefined ? "/mcp" : `/mcp/${name}`)),
    check(request) {
      const { server } = request.params;
      const found = byName.get(typeof server === "string" ? server : undefined);
      if (found === undefined) throw new Rejection("not_found");
      chosen.set(request, found);
    },
    received: (request, bytes) => void bodies.set(request, bytes),
    handle,
    rejected: ({ reason }, request) => (chosen.get(request)?.telemetry ?? telemetry).rejected(reason),
    stopAccepting: () => streams.endAll("listen"),
    async close() {
      streams.endAll("get");
      await sessions.closeAll();
    },
  };
  return serveEdge(config, inside, telemetry);
}

function served(upstream: Upstream, telemetry: Telemetry): Served {
  const own = upstream.name === undefined ? telemetry : telemetry.ofServer(upstream.name);
  return { upstream, telemetry: own, observe: messageObservers(own) };
}
