/**
 * One transport, observed in both directions: a record and a span for each request and notification that arrives,
 * ended when its answer was sent, could not be sent, was cancelled, or the connection closed. Nothing stays pending.
 */
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type {
  JSONRPCMessage,
  JSONRPCNotification,
  JSONRPCRequest,
  RequestId,
} from "@modelcontextprotocol/sdk/types.js";
import { context } from "@opentelemetry/api";
import type { SessionEndReason, TransportName } from "../conventions.ts";
import type { SessionMetrics } from "../metrics/sessions.ts";
import type { Call, Fields } from "../request/call.ts";
import type { Answer } from "../request/outcome.ts";
import { inScopeOf } from "../request/scope.ts";
import { Session } from "../request/session.ts";
import { type Beginning, beginCall, type Extra, fieldsIn, parentOf, startSpan } from "./begin.ts";
import { finishCall, type Sinks } from "./finish.ts";
import { Outbound } from "./outbound.ts";

export interface ConnectionDependencies extends Sinks, Beginning {
  readonly tracing: Sinks["tracing"];
  readonly tools: Sinks["tools"];
  readonly sessions: SessionMetrics;
}

export class Connection {
  readonly session: Session;
  readonly #around: ConnectionDependencies;
  readonly #transport: Transport;
  readonly #pending = new Map<RequestId, Call>();
  readonly #outbound = new Outbound();
  #closed = false;

  constructor(transport: Transport, around: ConnectionDependencies) {
    this.#transport = transport;
    this.#around = around;
    this.session = new Session(transportName(transport));
  }

  /** Wraps the callbacks of a transport that its server is already connected to. */
  attach(): void {
    const transport = this.#transport;
    const { onmessage, onclose } = transport;
    const send: Transport["send"] = transport.send.bind(transport);
    if (this.session.transport === "stdio") this.#around.sessions.opened(this.session);
    transport.onmessage = (message, extra) => this.#receive(message, extra, () => onmessage?.(message, extra));
    transport.send = (message, options) => this.#send(message, (sent) => send(sent, options));
    transport.onclose = () => {
      this.close("transport_closed");
      onclose?.();
    };
  }

  /** Ends what is pending, then the session; the first reason given stays. */
  close(reason: SessionEndReason): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const id of [...this.#pending.keys()]) this.#finish(id, undefined);
    this.#outbound.close();
    const { session } = this;
    if (session.id === undefined && session.transport === "http") return;
    this.#around.sessions.closed(session, reason);
    session.end(reason, this.#around.logger);
  }

  #receive(message: JSONRPCMessage, extra: Extra, deliver: () => void): void {
    if (!("method" in message)) {
      this.#outbound.received(message);
      deliver();
    } else if ("id" in message) this.#receiveRequest(message, extra, deliver);
    else this.#receiveNotification(message, extra, deliver);
  }

  #receiveRequest(request: JSONRPCRequest, extra: Extra, deliver: () => void): void {
    this.#finish(request.id, undefined);
    const call = this.#begin(request, extra);
    this.#pending.set(request.id, call);
    this.#around.metrics.begun(call);
    run(call, deliver);
  }

  #receiveNotification(notification: JSONRPCNotification, extra: Extra, deliver: () => void): void {
    const call = this.#begin(notification, extra);
    run(call, deliver);
    if (call.method === "notifications/cancelled") this.#finish(notification.params?.requestId as RequestId, undefined);
    finishCall(call, { result: {} }, this.#around);
  }

  #begin(message: JSONRPCRequest | JSONRPCNotification, extra: Extra): Call {
    const { session } = this;
    const params = fieldsIn(message.params);
    const call = beginCall(message, extra, session, this.#around);
    if (call.method === "initialize") this.#opens(params, extra, call.userId);
    if (call.toolName !== undefined) session.toolCalls += 1;
    if (this.#around.tracing.active) startSpan(call, params, extra, this.#around);
    return call;
  }

  #opens(params: Fields, extra: Extra, userId: string): void {
    const { session } = this;
    const { tracing, tracer, trust, sessions } = this.#around;
    session.open(this.#transport.sessionId, userId, fieldsIn(params.clientInfo));
    if (session.id === undefined) return;
    sessions.opened(session);
    if (tracing.active) session.startSpan(tracer, parentOf(session, params, extra, userId, trust).context);
  }

  async #send(message: JSONRPCMessage, deliver: (message: JSONRPCMessage) => Promise<void>): Promise<void> {
    if ("method" in message) {
      if ("id" in message) return this.#outbound.send(message, this.session.id, deliver);
      if (message.method === "notifications/cancelled") this.#outbound.cancelled(message.params?.requestId);
      return deliver(message);
    }
    try {
      await deliver(message);
    } catch (error) {
      this.#finish(message.id, undefined);
      throw error;
    }
    this.#finish(message.id, message as Answer);
  }

  /** Ends a pending request; nothing happens when it has ended already. */
  #finish(id: RequestId | undefined, answer: Answer | undefined): void {
    const call = id === undefined ? undefined : this.#pending.get(id);
    if (id === undefined || call === undefined) return;
    this.#pending.delete(id);
    this.#around.metrics.ended(call);
    if (call.method === "initialize" && answer?.result !== undefined) {
      this.session.initialized(fieldsIn(answer.result), this.#around.logger);
    }
    finishCall(call, answer, this.#around);
  }
}

function run(call: Call, deliver: () => void): void {
  const scoped = () => inScopeOf(call, deliver);
  if (call.context === undefined) scoped();
  else context.with(call.context, scoped);
}

const transportName = (transport: Transport): TransportName =>
  "handleRequest" in transport || transport.sessionId !== undefined ? "http" : "stdio";
