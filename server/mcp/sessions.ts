/**
 * The open sessions over HTTP, by id. A session belongs to the subject that opened it. It ends by a DELETE request, when
 * it was idle for `sessionIdleMs`, or at shutdown. At most `maxSessions` are open at a time.
 */
import { randomUUID } from "node:crypto";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { SessionEndReason } from "../telemetry/conventions.ts";
import type { Telemetry } from "../telemetry/index.ts";
import { Rejection } from "./rejection.ts";

interface OpenSession {
  readonly subject: string;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  /** HTTP requests in progress, including event streams. */
  exchanges: number;
  idleSince: number;
}

export interface SessionLimits {
  readonly sessionIdleMs: number;
  readonly maxSessions: number;
}

export class Sessions {
  readonly #open = new Map<string, OpenSession>();
  readonly #build: () => McpServer;
  readonly #telemetry: Telemetry;
  readonly #limits: SessionLimits;
  readonly #sweep: NodeJS.Timeout;

  constructor(build: () => McpServer, telemetry: Telemetry, limits: SessionLimits) {
    this.#build = build;
    this.#telemetry = telemetry;
    this.#limits = limits;
    this.#sweep = setInterval(() => this.#expire(), Math.min(limits.sessionIdleMs / 2, 30_000)).unref();
  }

  /** @returns a transport, which becomes a session when it handles `initialize` @throws {Rejection} */
  async open(subject: string): Promise<WebStandardStreamableHTTPServerTransport> {
    if (this.#open.size >= this.#limits.maxSessions) throw new Rejection("too_many_sessions");
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        this.#open.set(id, { subject, transport, exchanges: 0, idleSince: Date.now() });
      },
      onsessionclosed: () => this.#telemetry.endSession(transport, "client_delete"),
    });
    transport.onclose = () => {
      if (transport.sessionId !== undefined) this.#open.delete(transport.sessionId);
    };
    // The SDK declares its own transport's optional members without `| undefined`.
    await this.#build().connect(transport as Parameters<McpServer["connect"]>[0]);
    return transport;
  }

  /** @param id the value of the header `Mcp-Session-Id` @throws {Rejection} */
  find(id: string | undefined, subject: string): WebStandardStreamableHTTPServerTransport {
    if (id === undefined) throw new Rejection("missing_session");
    const session = this.#open.get(id);
    if (session === undefined) throw new Rejection("unknown_session");
    if (session.subject !== subject) throw new Rejection("session_owner");
    return session.transport;
  }

  /** Keeps a session open during an HTTP request. @returns a function to call when the request has ended */
  inUse(transport: WebStandardStreamableHTTPServerTransport): () => void {
    const session = this.#open.get(transport.sessionId ?? "");
    if (session === undefined) return () => {};
    session.exchanges += 1;
    return () => {
      session.exchanges -= 1;
      session.idleSince = Date.now();
    };
  }

  async closeAll(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all([...this.#open.values()].map(({ transport }) => this.#close(transport, "shutdown")));
  }

  #expire(): void {
    const before = Date.now() - this.#limits.sessionIdleMs;
    for (const { exchanges, idleSince, transport } of this.#open.values()) {
      if (exchanges === 0 && idleSince <= before) void this.#close(transport, "idle_timeout");
    }
  }

  #close(transport: WebStandardStreamableHTTPServerTransport, reason: SessionEndReason): Promise<void> {
    this.#telemetry.endSession(transport, reason);
    return transport.close();
  }
}
