/**
 * Observes the requests and notifications that this side of a connection sends. Each has a CLIENT span, whose context is
 * injected into `_meta`: not every transport has headers. The span of a request ends with the response, a cancellation,
 * or the connection; that of a notification when it is sent.
 */
import {
  type Attributes,
  type Context,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import {
  ATTR,
  EXECUTE_TOOL,
  METHODS,
  NETWORK_TRANSPORT,
  OTHER,
  RESOURCE_METHODS,
  type SendFailure,
  TOOL_ERROR,
  type TransportName,
} from "../conventions.ts";
import { asFields } from "../request/call.ts";
import { isErrorResult } from "../request/outcome.ts";
import type { Message, Notification, RequestId } from "./mcp.ts";

/** A request that has ended, or a notification that is sent. */
export interface Sent {
  /** A method of MCP, or `_OTHER`. */
  readonly method: string;
  readonly toolName: string | undefined;
  readonly promptName: string | undefined;
  /** Set when the response is an error or there was none. */
  readonly errorType: string | undefined;
  /** The code of a JSON-RPC error as a string. Whoever answered chose it. */
  readonly statusCode: string | undefined;
  readonly seconds: number;
  readonly to: Receiver;
}

/** What is known of the receiver and of the connection to it. */
export interface Receiver {
  readonly transport: TransportName;
  readonly sessionId?: string | undefined;
  readonly protocolVersion?: string | undefined;
  /** The server that sends, where one process stands in front of several. */
  readonly server?: string | undefined;
  /** `network.protocol.version`, and `server.address` and `server.port` of a receiver that is a server. */
  readonly connection?: Attributes;
}

interface Pending extends Pick<Sent, "method" | "toolName" | "promptName" | "to"> {
  /** Undefined for a message without a span of its own. */
  readonly span: Span | undefined;
  readonly startedAt: number;
}

export interface SendingOptions {
  /** Called once for each message, when it has ended. */
  readonly finished: (sent: Sent) => void;
  /** @returns what may be emitted of the URI of a resource, which may hold a secret */
  readonly resourceUri: (uri: unknown) => string;
}

export class Outbound {
  readonly #pending = new Map<RequestId, Pending>();
  readonly #tracer = trace.getTracer("mcp");
  readonly #options: SendingOptions;

  constructor(options: SendingOptions) {
    this.#options = options;
  }

  /**
   * Sends a request or notification within its span.
   *
   * @param parent the context of its span; undefined: it has none
   * @param deliver sends the message that it is given
   */
  async send(
    message: Notification,
    to: Receiver,
    parent: Context | undefined,
    deliver: (message: Message) => Promise<void>,
  ): Promise<void> {
    const { id } = message;
    const sent = this.#begin(message, to, parent);
    if (id !== undefined) this.#pending.set(id, sent);
    try {
      if (sent.span === undefined || parent === undefined) await deliver(message);
      else await context.with(trace.setSpan(parent, sent.span), () => deliver(withContext(message)));
    } catch (error) {
      if (id === undefined) this.#end(sent, failure("not_sent"));
      else this.#finish(id, failure("not_sent"));
      throw error;
    }
    if (id === undefined) this.#end(sent, {});
  }

  /**
   * @param message any received message; only responses have an effect
   * @param protocolVersion that is known since the request was sent
   */
  received(message: Message, protocolVersion?: string): void {
    if (message.method !== undefined || message.id === undefined) return;
    this.#finish(message.id, { ...answerOf(message), ...(protocolVersion !== undefined && { protocolVersion }) });
  }

  /** @param id the id of the cancelled request */
  cancelled(id: unknown): void {
    this.#finish(id as RequestId, failure("cancelled"));
  }

  /** @returns whether a request that waits for its answer belongs to this trace */
  isWaitingIn(traceId: string): boolean {
    for (const { span } of this.#pending.values()) if (span?.spanContext().traceId === traceId) return true;
    return false;
  }

  /** @returns the method of a request that waits for its answer */
  methodOf(id: RequestId | undefined): string | undefined {
    return id === undefined ? undefined : this.#pending.get(id)?.method;
  }

  close(): void {
    for (const id of [...this.#pending.keys()]) this.#finish(id, failure("connection_closed"));
  }

  #begin({ method: name, id, params }: Notification, to: Receiver, parent: Context | undefined): Pending {
    const method = METHODS.has(name) ? name : OTHER;
    const fields = asFields(params);
    const toolName = method === "tools/call" ? String(fields.name) : undefined;
    const promptName = method === "prompts/get" ? String(fields.name) : undefined;
    const target = toolName ?? promptName;
    const span =
      parent &&
      this.#tracer.startSpan(
        target === undefined ? method : `${method} ${target}`,
        {
          kind: SpanKind.CLIENT,
          attributes: {
            [ATTR.methodName]: method,
            ...receiverAttributes(to),
            ...(id !== undefined && { [ATTR.requestId]: String(id).slice(0, 64) }),
            ...(toolName !== undefined && { [ATTR.toolName]: toolName, [ATTR.operationName]: EXECUTE_TOOL }),
            ...(promptName !== undefined && { [ATTR.promptName]: promptName }),
            ...(RESOURCE_METHODS.has(method) && { [ATTR.resourceUri]: this.#options.resourceUri(fields.uri) }),
          },
        },
        parent,
      );
    return { span, method, toolName, promptName, to, startedAt: performance.now() };
  }

  #finish(id: RequestId, answer: Answer): void {
    const request = this.#pending.get(id);
    if (request === undefined) return;
    this.#pending.delete(id);
    this.#end(request, answer);
  }

  #end({ span, startedAt, to, ...message }: Pending, { errorType, statusCode, protocolVersion }: Answer): void {
    if (protocolVersion !== undefined) span?.setAttribute(ATTR.protocolVersion, protocolVersion);
    if (statusCode !== undefined) span?.setAttribute(ATTR.statusCode, statusCode);
    if (errorType !== undefined)
      span?.setAttribute(ATTR.errorType, errorType).setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    this.#options.finished({
      ...message,
      errorType,
      statusCode,
      seconds: (performance.now() - startedAt) / 1000,
      to: protocolVersion === undefined ? to : { ...to, protocolVersion },
    });
  }
}

/** What the span of a message has in common with all of its connection, in either direction. */
export const receiverAttributes = ({
  transport,
  sessionId,
  protocolVersion,
  server,
  connection,
}: Receiver): Attributes => ({
  [ATTR.networkTransport]: NETWORK_TRANSPORT[transport],
  ...(transport === "http" && { [ATTR.networkProtocolName]: "http" }),
  ...(sessionId !== undefined && { [ATTR.sessionId]: sessionId }),
  ...(protocolVersion !== undefined && { [ATTR.protocolVersion]: protocolVersion }),
  ...(server !== undefined && { [ATTR.server]: server }),
  ...connection,
});

function withContext(message: Notification): Message {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  if (Object.keys(carrier).length === 0) return message;
  const meta = asFields(asFields(message.params)._meta);
  return { ...message, params: { ...message.params, _meta: { ...meta, ...carrier } } };
}

interface Answer {
  readonly errorType?: string;
  readonly statusCode?: string;
  readonly protocolVersion?: string;
}

const failure = (errorType: SendFailure): Answer => ({ errorType });

function answerOf({ error, result }: Message): Answer {
  if (error === undefined) return isErrorResult(result) ? { errorType: TOOL_ERROR } : {};
  // A peer can send anything in its place.
  const statusCode = Number.isSafeInteger(error.code) ? String(error.code) : OTHER;
  return { errorType: statusCode, statusCode };
}
