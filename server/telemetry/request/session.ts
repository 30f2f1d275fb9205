/**
 * One session and its `mcp.session` span. A session without an id has no span. A request of a revision without sessions
 * has an object of its own, which holds what the request says about its client.
 */
import { type Context, ROOT_CONTEXT, type Span, SpanKind, type Tracer, trace } from "@opentelemetry/api";
import type { Logger } from "pino";
import {
  ANONYMOUS,
  ATTR,
  LOG,
  OTHER,
  type SessionEndReason,
  SPAN,
  STATELESS_REVISIONS,
  type TransportName,
} from "../conventions.ts";

/** Trace back ends limit the size of a trace. Further operations of a session start traces of their own. */
const MAX_OPERATIONS_IN_TRACE = 1000;
const MAX_CLIENT_TEXT_LENGTH = 64;

/** The `clientInfo` of a caller. */
type Client = Readonly<Record<string, unknown>>;

export class Session {
  readonly transport: TransportName;
  readonly server: string | undefined;
  readonly startedAt = performance.now();
  id: string | undefined;
  /** Whether this stands for one request, and no session exists. */
  stateless = false;
  userId = ANONYMOUS;
  protocolVersion: string | undefined;
  clientName: string | undefined;
  clientVersion: string | undefined;
  /** The client's name as the value of a label; undefined before the session is initialized. */
  clientLabel: string | undefined;
  toolCalls = 0;
  /** The estimated cost of all calls in US dollars. */
  costUsd = 0;
  span: Span | undefined;
  /** Has the span. It is the parent context of the session's operations. */
  context: Context = ROOT_CONTEXT;
  #operations = 0;

  /** @param server the name of the server, where one process stands in front of several */
  constructor(transport: TransportName, server?: string) {
    this.transport = transport;
    this.server = server;
  }

  /** @param claim what a request of a revision without sessions says about itself */
  static ofRequest(
    { transport, server }: Pick<Session, "transport" | "server">,
    claim: { protocolVersion: string; clientInfo: unknown },
  ): Session {
    const session = new Session(transport, server);
    const client = typeof claim.clientInfo === "object" ? (claim.clientInfo as Client | null) : null;
    session.stateless = true;
    session.protocolVersion = STATELESS_REVISIONS.has(claim.protocolVersion) ? claim.protocolVersion : OTHER;
    session.clientName = clientText(client?.name);
    session.clientVersion = versionOf(client?.version);
    return session;
  }

  /** Counts one operation of the session. @returns whether it still fits into the session's trace */
  joinTrace(): boolean {
    this.#operations += 1;
    return this.#operations <= MAX_OPERATIONS_IN_TRACE;
  }

  startSpan(tracer: Tracer, parent: Context): void {
    if (this.id === undefined) return;
    this.span = tracer.startSpan(
      SPAN.session,
      {
        kind: SpanKind.INTERNAL,
        attributes: {
          [ATTR.sessionId]: this.id,
          [ATTR.userId]: this.userId,
          ...(this.server !== undefined && { [ATTR.server]: this.server }),
          ...(this.clientName !== undefined && { [ATTR.clientName]: this.clientName }),
          ...(this.clientVersion !== undefined && { [ATTR.clientVersion]: this.clientVersion }),
        },
      },
      parent,
    );
    this.context = trace.setSpan(ROOT_CONTEXT, this.span);
  }

  /** @param id undefined when the transport has no sessions @param client the `clientInfo` of `initialize` */
  open(id: string | undefined, userId: string, client: Client): void {
    this.id = id;
    this.userId = userId;
    this.clientName = clientText(client.name);
    this.clientVersion = versionOf(client.version);
  }

  /** @param result the result of `initialize` */
  initialized(result: Readonly<Record<string, unknown>>, logger: Logger): void {
    if (typeof result.protocolVersion === "string") this.protocolVersion = result.protocolVersion;
    logger.info(
      {
        ...this.#fields(),
        [LOG.clientName]: this.clientName,
        [LOG.clientVersion]: this.clientVersion,
        [LOG.protocolVersion]: this.protocolVersion,
      },
      "session started",
    );
  }

  end(reason: SessionEndReason, logger: Logger): void {
    if (this.protocolVersion !== undefined) this.span?.setAttribute(ATTR.protocolVersion, this.protocolVersion);
    this.span?.setAttributes({
      [ATTR.sessionToolCalls]: this.toolCalls,
      [ATTR.estimatedCost]: this.costUsd,
      [ATTR.sessionEndReason]: reason,
    });
    this.span?.end();
    logger.info(
      {
        ...this.#fields(),
        [LOG.endReason]: reason,
        [LOG.toolCalls]: this.toolCalls,
        [LOG.estimatedCost]: this.costUsd,
      },
      "session ended",
    );
  }

  #fields(): Record<string, string> {
    return {
      ...(this.id !== undefined && { [LOG.sessionId]: this.id }),
      [LOG.userId]: this.userId,
      ...(this.server !== undefined && { [LOG.server]: this.server }),
    };
  }
}

/** A text that the client chose, without control and format characters and cut to 64 characters. */
function clientText(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  return value
    .slice(0, 2 * MAX_CLIENT_TEXT_LENGTH)
    .replace(/[\p{Cc}\p{Cf}]/gu, "")
    .slice(0, MAX_CLIENT_TEXT_LENGTH);
}

/** Undefined for a text that is no version. */
const versionOf = (value: unknown): string | undefined =>
  typeof value === "string" && /^v?\d[\w.+-]{0,31}$/.test(value) ? value : undefined;
