/**
 * Observes the requests that this side of a connection sends. Each has a CLIENT span, whose context is injected into
 * `_meta`: not every transport has headers. The span ends with the response, a cancellation, or the connection.
 */
import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { ATTR, EXECUTE_TOOL, METHODS, OTHER, TOOL_ERROR } from "../conventions.ts";
import type { Fields } from "../request/call.ts";
import { asFields } from "../request/call.ts";
import { type Message, type Request, type RequestId, type SendOptions, sendOf, type Transport } from "./mcp.ts";

export interface SentRequest {
  readonly method: string;
  readonly toolName: string | undefined;
  /** Set when the response is an error or there was none. */
  readonly errorType: string | undefined;
  readonly seconds: number;
}

interface Pending extends Pick<SentRequest, "method" | "toolName"> {
  readonly span: Span;
  readonly startedAt: number;
}

export class Outbound {
  readonly #pending = new Map<RequestId, Pending>();
  readonly #tracer = trace.getTracer("mcp");
  readonly #finished: (request: SentRequest) => void;

  /** @param finished called once for each request, when it has ended */
  constructor(finished: (request: SentRequest) => void = () => {}) {
    this.#finished = finished;
  }

  /** Sends a request within its span. @param deliver sends the message that it is given */
  async send(
    request: Request,
    sessionId: string | undefined,
    deliver: (message: Message) => Promise<void>,
  ): Promise<void> {
    const span = this.#begin(request, sessionId);
    try {
      await context.with(trace.setSpan(context.active(), span), () => deliver(withContext(request)));
    } catch (error) {
      this.#finish(request.id, "not_sent");
      throw error;
    }
  }

  /** @param message any received message; only responses have an effect */
  received(message: Message): void {
    if (message.method === undefined && message.id !== undefined) this.#finish(message.id, errorTypeOf(message));
  }

  /** @param id the id of the cancelled request */
  cancelled(id: unknown): void {
    this.#finish(id as RequestId, "cancelled");
  }

  close(): void {
    for (const id of [...this.#pending.keys()]) this.#finish(id, "connection_closed");
  }

  #begin(request: Request, sessionId: string | undefined): Span {
    const method = METHODS.has(request.method) ? request.method : OTHER;
    const toolName = method === "tools/call" ? String(asFields(request.params).name) : undefined;
    const span = this.#tracer.startSpan(toolName === undefined ? method : `${method} ${toolName}`, {
      kind: SpanKind.CLIENT,
      attributes: {
        [ATTR.methodName]: method,
        [ATTR.requestId]: String(request.id),
        ...(toolName !== undefined && { [ATTR.toolName]: toolName, [ATTR.operationName]: EXECUTE_TOOL }),
        ...(sessionId !== undefined && { [ATTR.sessionId]: sessionId }),
      },
    });
    this.#pending.set(request.id, { span, method, toolName, startedAt: performance.now() });
    return span;
  }

  #finish(id: RequestId, errorType: string | undefined): void {
    const request = this.#pending.get(id);
    if (request === undefined) return;
    this.#pending.delete(id);
    const { span, method, toolName, startedAt } = request;
    if (errorType !== undefined) span.setAttribute(ATTR.errorType, errorType).setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    this.#finished({ method, toolName, errorType, seconds: (performance.now() - startedAt) / 1000 });
  }
}

/** Observes the transport of an MCP client, of either SDK. Call it before `connect`; see docs/vendor-seams.md. */
export function observeClient(transport: Transport, finished: (request: SentRequest) => void): void {
  const outbound = new Outbound(finished);
  const send = sendOf(transport);
  transport.send = (message: Message, options?: SendOptions) => {
    if (message.method !== undefined && message.id !== undefined) {
      const { id } = message;
      options?.requestSignal?.addEventListener("abort", () => outbound.cancelled(id), { once: true });
      return outbound.send(message as Request, transport.sessionId, (sent) => send(sent, options));
    }
    if (message.method === "notifications/cancelled") outbound.cancelled(asFields(message.params).requestId);
    return send(message, options);
  };
  beforeEach(transport, "onmessage", (message) => outbound.received(message));
  beforeEach(transport, "onclose", () => outbound.close());
}

/** Calls `first` before whatever the SDK sets as a callback. SDK 2 sets other callbacks while it finds out the revision. */
function beforeEach<K extends "onmessage" | "onclose">(
  transport: Transport,
  name: K,
  first: NonNullable<Transport[K]>,
): void {
  type Callback = (...args: Parameters<NonNullable<Transport[K]>>) => void;
  const observed =
    (callback: Callback | undefined): Callback =>
    (...args) => {
      (first as Callback)(...args);
      callback?.(...args);
    };
  let current = observed(transport[name] as Callback | undefined);
  Object.defineProperty(transport, name, {
    configurable: true,
    get: () => current,
    set: (callback: Callback | undefined) => {
      current = observed(callback);
    },
  });
}

function withContext(request: Request): Message {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  if (Object.keys(carrier).length === 0) return request;
  const meta = asFields(asFields(request.params)._meta);
  return { ...request, params: { ...request.params, _meta: { ...meta, ...carrier } } };
}

function errorTypeOf(response: Message): string | undefined {
  if (response.error !== undefined) return String(response.error.code);
  return (response.result as Fields | undefined)?.isError === true ? TOOL_ERROR : undefined;
}
