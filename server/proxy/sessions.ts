/**
 * This process's own sessions, each mapped to one of an upstream server. A session belongs to the subject that opened it.
 * When it ends here, the upstream server is told by a DELETE request.
 */
import { randomUUID } from "node:crypto";
import type { SessionEndReason } from "mcp-telemetry/conventions";
import type { RequestId } from "mcp-telemetry/passing";
import { type Evictable, type RoomLimits, sessionToEvict } from "../mcp/eviction.ts";
import { Rejection } from "../mcp/rejection.ts";
import type { Conversation } from "./conversation.ts";
import type { Upstream } from "./upstreams.ts";

export interface ProxySession extends Evictable {
  readonly id: string;
  readonly subject: string;
  readonly upstream: Upstream;
  readonly upstreamId: string;
  readonly conversation: Conversation;
  /** Messages that are not answered, or whose HTTP request is in progress. */
  messages: number;
}

type Opened = Pick<ProxySession, "subject" | "caller" | "upstream" | "upstreamId" | "conversation">;

export interface SessionLimits extends RoomLimits {
  /** Session ids begin with it, so that a router finds the replica. */
  readonly replica: string | undefined;
  readonly sessionIdleMs: number;
  /** Of one session. */
  readonly maxMessagesInFlight: number;
}

export type ProxySessions = ReturnType<typeof proxySessions>;

/** @param endUpstream ends the upstream server's session. Never rejects */
export function proxySessions(limits: SessionLimits, endUpstream: (session: ProxySession) => Promise<void>) {
  const open = new Map<string, ProxySession>();

  const newId = () => (limits.replica === undefined ? randomUUID() : `${limits.replica}.${randomUUID()}`);

  const end = (session: ProxySession, reason: SessionEndReason): void => {
    if (open.delete(session.id)) session.conversation.end(reason);
  };
  const close = (session: ProxySession, reason: SessionEndReason): Promise<void> => {
    end(session, reason);
    return endUpstream(session);
  };
  const closeIdle = () => {
    const before = performance.now() - limits.sessionIdleMs;
    for (const session of open.values()) {
      if (session.exchanges === 0 && session.idleSince <= before) void close(session, "idle_timeout");
    }
  };
  const idleTimer = setInterval(closeIdle, Math.min(limits.sessionIdleMs / 2, 30_000)).unref();

  /** @param caller who shares the limits of sessions: see `callerKey` @throws {Rejection} when there is no room */
  const makeRoom = (caller: string): void => {
    const evicted = sessionToEvict(open, caller, limits);
    if (evicted !== undefined) void close(evicted, "evicted");
  };

  return {
    makeRoom,

    /** @throws {Rejection} when others have opened as many sessions meanwhile; then the upstream's is ended */
    open(opened: Opened): ProxySession {
      const session = { ...opened, id: newId(), exchanges: 0, messages: 0, idleSince: performance.now() };
      try {
        makeRoom(opened.caller);
      } catch (error) {
        void endUpstream(session);
        throw error;
      }
      open.set(session.id, session);
      session.conversation.identify(session.id);
      return session;
    },

    /** @param id the value of the header `Mcp-Session-Id` @throws {Rejection} */
    find(id: string, subject: string, upstream: Upstream): ProxySession {
      const session = open.get(id);
      if (session === undefined || session.upstream !== upstream) throw new Rejection("unknown_session");
      if (session.subject !== subject) throw new Rejection("session_owner");
      return session;
    },

    /**
     * Counts an HTTP request and its messages.
     *
     * @param ids of the requests among them: they count until they are answered
     * @returns a function to call when the HTTP request has ended
     * @throws {Rejection}
     */
    use(session: ProxySession, messages: number, ids: readonly RequestId[]): () => void {
      if (session.messages + messages > limits.maxMessagesInFlight) throw new Rejection("too_many_messages");
      session.exchanges += 1;
      session.messages += messages;
      for (const id of ids) {
        session.conversation.expect(id, () => {
          session.messages -= 1;
        });
      }
      return () => {
        session.exchanges -= 1;
        session.messages -= messages - ids.length;
        session.idleSince = performance.now();
      };
    },

    /** Ends a session that the upstream server has ended. */
    end,

    async closeAll(): Promise<void> {
      clearInterval(idleTimer);
      await Promise.all([...open.values()].map((session) => close(session, "shutdown")));
    },
  };
}
