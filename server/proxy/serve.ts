/**
 * Stands in front of MCP servers over HTTP, of both eras. A request passes the edge, then goes to its upstream server
 * byte for byte; so does the answer. Session ids are this process's own. What passes is observed, and a request gets the
 * context of its span when traces are exported.
 */
import type { IncomingMessage } from "node:http";
import type { Request } from "express";
import type { Service } from "../contracts/service.ts";
import { type EdgeSettings, type Guarded, type Inside, serveEdge } from "../mcp/edge.ts";
import { isModern, isObject } from "../mcp/modern/era.ts";
import { type InFlightLimits, inFlight } from "../mcp/modern/in-flight.ts";
import { Rejection } from "../mcp/rejection.ts";
import { LOG } from "../telemetry/conventions.ts";
import type { ServerTelemetry, Telemetry } from "../telemetry/index.ts";
import { type Identity, type Message, messageObservers, type Observer, type Pass } from "../telemetry/passing.ts";
import { type Conversation, conversation } from "./conversation.ts";
import { answerFailure, passAnswer } from "./exchange.ts";
import { answerHeaders, requestHeaders, SESSION_ID } from "./headers.ts";
import { type ProxySession, proxySessions, type SessionLimits } from "./sessions.ts";
import { endSession, send } from "./upstream-request.ts";
import type { Upstream } from "./upstreams.ts";

type ProxySettings = EdgeSettings & SessionLimits & InFlightLimits;

/** An upstream server with its telemetry. */
interface Served {
  readonly upstream: Upstream;
  readonly telemetry: ServerTelemetry;
  readonly observe: (identity: Identity) => Observer;
}

/** A request that was admitted. */
interface Passing {
  readonly request: Request;
  readonly response: Guarded;
  readonly served: Served;
  /** Of the body; none in a request without one. */
  readonly messages: readonly Message[];
  readonly isModern: boolean;
  /** Undefined where the client names none. */
  readonly session: ProxySession | undefined;
  readonly talk: Conversation;
}

/** @throws {BootError} when the port is taken */
export function serveProxy(
  config: ProxySettings,
  upstreams: readonly Upstream[],
  telemetry: Telemetry,
): Promise<Service> {
  const sessions = proxySessions(config, ({ upstream, upstreamId }) => endSession(upstream, upstreamId));
  const withoutSessions = inFlight(config);
  const byName = new Map(upstreams.map((upstream) => [upstream.name, served(upstream, telemetry)]));
  const chosen = new WeakMap<Request, Served>();
  const bodies = new WeakMap<Request, Buffer>();
  /** What ends the open event streams, and the open subscriptions. */
  const streams = new Set<() => void>();
  const subscriptions = new Set<() => void>();

  const handle: Inside["handle"] = async (request, response) => {
    const server = chosen.get(request);
    if (server === undefined) throw new Rejection("not_found");
    const messages = messagesIn(request);
    const modern = isModern(request.body, request.get(VERSION));
    const session = modern ? undefined : sessionOf(request, response, server);
    const talk = session?.conversation ?? conversation(server.observe);
    const passing = { request, response, served: server, messages, isModern: modern, session, talk };
    if (opensSession(passing)) sessions.makeRoom(response.locals.caller);
    response.once("close", begin(passing));
    try {
      await observed(passing, bodies.get(request), (body) => through(passing, body));
    } finally {
      if (!isKept(talk)) talk.end("transport_closed");
    }
  };

  const kept = new WeakSet<Conversation>();
  const isKept = (talk: Conversation) => kept.has(talk);

  const sessionOf = (request: Request, { locals: { auth } }: Guarded, { upstream }: Served) => {
    const id = request.get(SESSION_ID);
    return id === undefined ? undefined : sessions.find(id, auth.clientId, upstream);
  };

  /** Counts a request. @returns a function to call when it has ended @throws {Rejection} */
  const begin = ({ response, messages, session, talk }: Passing): (() => void) => {
    const ids = idsOf(messages);
    if (session !== undefined) return sessions.use(session, messages.length, ids);
    for (const id of ids) talk.expect(id, () => {});
    if (messages.length === 0) return () => {};
    return withoutSessions.begin(response.locals.caller, messages[0]?.method ?? "");
  };

  const through = async (passing: Passing, body: Buffer | undefined): Promise<void> => {
    const { request, response, served: server, messages, talk } = passing;
    const answered = { conversation: talk, ids: idsOf(messages) };
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    let answer: IncomingMessage;
    try {
      answer = await send(server.upstream, {
        method: request.method,
        headers: requestHeaders(request, {
          sessionId: passing.session?.upstreamId,
          authorization: config.tokensFile === undefined,
        }),
        search: searchOf(request),
        body,
        signal: gone.signal,
      });
    } catch (error) {
      if (response.destroyed) for (const id of answered.ids) talk.gone(id);
      else {
        const { name } = server.upstream;
        const fields = { err: error, ...(name !== undefined && { [LOG.server]: name }) };
        telemetry.logger.warn(fields, "the upstream server cannot be reached");
        await answerFailure(error as Error, response, answered);
      }
      return;
    }
    const session = passing.session ?? openedBy(answer, passing);
    const isStream = answer.headers["content-type"]?.startsWith("text/event-stream") === true;
    response.writeHead(
      answer.statusCode ?? 502,
      answer.statusMessage,
      answerHeaders(answer, session?.id, request.headers.origin !== undefined),
    );
    if (isStream) {
      response.flushHeaders();
      watchStream(passing);
    }
    await passAnswer(answer, response, answered);
    const { statusCode = 0 } = answer;
    if (passing.session === undefined) return;
    if (statusCode === 404) sessions.end(passing.session, "transport_closed");
    else if (request.method === "DELETE" && statusCode < 300) sessions.end(passing.session, "client_delete");
  };

  /** @returns the session that an answer opens, if it opens one @throws {Rejection} when there is no room for it */
  const openedBy = (answer: IncomingMessage, passing: Passing): ProxySession | undefined => {
    const { response, talk, served: server } = passing;
    const upstreamId = answer.headers[SESSION_ID];
    if (!opensSession(passing) || typeof upstreamId !== "string") return undefined;
    const { auth, caller } = response.locals;
    const { upstream } = server;
    try {
      const opened = sessions.open({ subject: auth.clientId, caller, upstream, upstreamId, conversation: talk });
      kept.add(talk);
      return opened;
    } catch (error) {
      answer.destroy();
      throw error;
    }
  };

  const watchStream = ({ request, response, messages }: Passing): void => {
    const isSubscription = messages[0]?.method === "subscriptions/listen";
    if (request.method !== "GET" && !isSubscription) return;
    const closed = telemetry.streamOpened();
    const open = isSubscription ? subscriptions : streams;
    const end = () => void response.end();
    open.add(end);
    response.once("close", () => {
      open.delete(end);
      closed();
    });
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
    stopAccepting() {
      for (const end of subscriptions) end();
    },
    async close() {
      for (const end of streams) end();
      await sessions.closeAll();
    },
  };
  return serveEdge(config, inside, telemetry);
}

const opensSession = ({ isModern, session, messages }: Passing): boolean =>
  !isModern && session === undefined && messages.some(({ method }) => method === "initialize");

const VERSION = "mcp-protocol-version";
const MAX_BATCH = 100;

function served(upstream: Upstream, telemetry: Telemetry): Served {
  const own = upstream.name === undefined ? telemetry : telemetry.ofServer(upstream.name);
  return { upstream, telemetry: own, observe: messageObservers(own) };
}

/** @throws {Rejection} when the body is no message, nor a batch of them */
function messagesIn({ method, body }: Request): readonly Message[] {
  if (method !== "POST") return [];
  const messages: readonly unknown[] = Array.isArray(body) ? body : [body];
  if (messages.length === 0 || messages.length > MAX_BATCH || !messages.every(isMessage)) {
    throw new Rejection("invalid_message");
  }
  return messages as readonly Message[];
}

/** Looser than an SDK: what else a message must have is for the upstream server to say. */
const isMessage = (value: unknown): boolean =>
  isObject(value) && (typeof value.method === "string" || "result" in value || "error" in value);

const idsOf = (messages: readonly Message[]) =>
  messages.flatMap(({ id, method }) =>
    method !== undefined && (typeof id === "string" || typeof id === "number") ? [id] : [],
  );

const searchOf = ({ originalUrl }: Request): string => /\?.*/.exec(originalUrl)?.[0] ?? "";

const NOWHERE: Pass = async () => {};

/**
 * Observes the messages of a request, and passes the body on once, in the context of the one that it has. A batch passes
 * as it is.
 */
async function observed(
  { request, response, messages, talk }: Passing,
  body: Buffer | undefined,
  pass: (body: Buffer | undefined) => Promise<void>,
): Promise<void> {
  const extra = { authInfo: response.locals.auth, requestInfo: { headers: request.headers } };
  let passed: Promise<void> | undefined;
  const once: Pass = (bytes) => {
    passed ??= pass(bytes);
    return passed;
  };
  try {
    if (body !== undefined && messages.length === 1) talk.fromClient(body, once, extra);
    else for (const message of messages) talk.fromClient(Buffer.from(JSON.stringify(message)), NOWHERE, extra);
  } catch {
    // Telemetry never stops a message.
  }
  await (passed ?? pass(body));
}
