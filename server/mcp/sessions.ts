/**
 * The open sessions over HTTP, by id. A session belongs to the subject that opened it. It ends by a DELETE request, when
 * it was idle for `sessionIdleMs`, at shutdown, or when a new session needs its place. A session with an HTTP request or
 * an event stream in progress is not idle.
 */
import { randomUUID } from "node:crypto";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { RequestId } from "@modelcontextprotocol/sdk/types.js";
import type { Telemetry } from "mcp-telemetry";
import type { SessionEndReason } from "mcp-telemetry/conventions";
import { type Evictable, type RoomLimits, sessionToEvict } from "./eviction.ts";
import { watchHandlers } from "./handler-ends.ts";
import { Rejection } from "./rejection.ts";
import { type Resumption, SessionTransport } from "./session-transport.ts";

interface OpenSession extends Evictable {
  readonly subject: string;
  readonly transport: SessionTransport;
  /** Messages whose handler runs, or whose HTTP request is in progress. */
  messages: number;
}

export interface SessionLimits extends RoomLimits {
  /** Session ids begin with it, so that a router finds the replica. */
  readonly replica: string | undefined;
  readonly sessionIdleMs: number;
  /** Of one session. */
  readonly maxMessagesInFlight: number;
}

/** Functions to call when the HTTP request has ended. */
interface Use {
  /** Call when its messages are answered or cancelled too. Until then the session is kept open. */
  readonly answered: () => void;
  /** Call when none of their handlers runs either. Until then the messages are in flight. */
  readonly handled: () => void;
}

export type Sessions = ReturnType<typeof openSessions>;

export function openSessions(
  build: () => McpServer,
  telemetry: Telemetry,
  limits: SessionLimits,
  resumption: Resumption | undefined,
) {
  const open = new Map<string, OpenSession>();
  const sessionOf = new WeakMap<SessionTransport, OpenSession>();

  const newId = () => (limits.replica === undefined ? randomUUID() : `${limits.replica}.${randomUUID()}`);

  const close = (transport: SessionTransport, reason: SessionEndReason) => {
    telemetry.endSession(transport, reason);
    return transport.close();
  };
  const closeIdle = () => {
    const before = performance.now() - limits.sessionIdleMs;
    for (const { exchanges, idleSince, transport } of open.values()) {
      if (exchanges === 0 && idleSince <= before) void close(transport, "idle_timeout");
    }
  };
  const idleTimer = setInterval(closeIdle, Math.min(limits.sessionIdleMs / 2, 30_000)).unref();

  const makeRoom = (caller: string) => {
    const evicted = sessionToEvict(open, caller, limits);
    if (evicted !== undefined) void close(evicted.transport, "evicted");
  };

  return {
    /**
     * @param caller who shares the limits of sessions: see `callerKey`
     * @returns a transport, which becomes a session when it handles `initialize`
     * @throws {Rejection}
     */
    async open(subject: string, caller: string): Promise<SessionTransport> {
      makeRoom(caller);
      const options = {
        sessionIdGenerator: newId,
        onsessioninitialized: (id: string) => void open.set(id, session),
        onsessionclosed: () => telemetry.endSession(transport, "client_delete"),
      };
      const transport = new SessionTransport(options, resumption);
      const session: OpenSession = {
        subject,
        caller,
        transport,
        exchanges: 0,
        messages: 0,
        idleSince: performance.now(),
      };
      sessionOf.set(transport, session);
      transport.onclose = () => {
        if (transport.sessionId !== undefined) open.delete(transport.sessionId);
      };
      const server = build();
      watchHandlers<{ requestId: RequestId }>(server.server, ({ requestId }, end) =>
        transport.handling(requestId, end),
      );
      // The SDK declares its own transport's optional members without `| undefined`.
      await server.connect(transport as Parameters<McpServer["connect"]>[0]);
      return transport;
    },

    /** @param id the value of the header `Mcp-Session-Id` @throws {Rejection} */
    find(id: string | undefined, subject: string): SessionTransport {
      if (id === undefined) throw new Rejection("missing_session");
      const session = open.get(id);
      if (session === undefined) throw new Rejection("unknown_session");
      if (session.subject !== subject) throw new Rejection("session_owner");
      return session.transport;
    },

    /**
     * Counts an HTTP request and its messages.
     *
     * @param messages in the request's body
     * @throws {Rejection}
     */
    use(transport: SessionTransport, messages: number): Use {
      const session = sessionOf.get(transport);
      if (session === undefined) return { answered: () => {}, handled: () => {} };
      if (session.messages + messages > limits.maxMessagesInFlight) throw new Rejection("too_many_messages");
      session.exchanges += 1;
      session.messages += messages;
      return {
        answered() {
          session.exchanges -= 1;
          session.idleSince = performance.now();
        },
        handled() {
          session.messages -= messages;
        },
      };
    },

    async closeAll(): Promise<void> {
      clearInterval(idleTimer);
      await Promise.all([...open.values()].map(({ transport }) => close(transport, "shutdown")));
    },
  };
}
