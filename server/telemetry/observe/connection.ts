/**
 * Observes the messages of one transport in both directions. Each received request and notification has a record and a
 * span. They end when the response was sent or could not be sent, when the request was cancelled, or when the connection
 * closed.
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
import { asFields, type Call, type Fields } from "../request/call.ts";
import type { RpcResponse } from "../request/outcome.ts";
import { runInCall } from "../request/scope.ts";
import { Session } from "../request/session.ts";
import { beginCall, type Extra, parentOf, startSpan } from "./begin.ts";
import type { ConnectionDependencies } from "./dependencies.ts";
import { finishCall } from "./finish.ts";
import { Outbound } from "./outbound.ts";

export class Connection {
  readonly session: Session;
  readonly #dependencies: ConnectionDependencies;
  readonly #transport: Transport;
  readonly #pending = new Map<RequestId, Call>();
  readonly #outbound = new Outbound();
  #closed = false;

  constructor(transport: Transport, dependencies: ConnectionDependencies) {
    this.#transport = transport;
    this.#dependencies = dependencies;
    this.session = new Session(transportName(transport));
  }

  /** Wraps the callbacks of the transport. Its server must be connected already; see docs/vendor-seams.md. */
  attach(): void {
    const transport = this.#transport;
    const { onmessage, onclose } = transport;
    const send: Transport["send"] = transport.send.bind(transport);
    if (this.session.transport === "stdio") this.#dependencies.sessions.opened(this.session);
    transport.onmessage = (message, extra) => this.#receive(message, extra, () => onmessage?.(message, extra));
    transport.send = (message, options) => this.#send(message, (sent) => send(sent, options));
    transport.onclose = () => {
      this.close("transport_closed");
      onclose?.();
    };
  }

  /** Ends the pending requests, then the session. Only the first call has an effect. */
  close(reason: SessionEndReason): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const id of [...this.#pending.keys()]) this.#finish(id, undefined);
    this.#outbound.close();
    const { session } = this;
    if (session.id === undefined && session.transport === "http") return;
    this.#dependencies.sessions.closed(session, reason);
    session.end(reason, this.#dependencies.logger);
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
    this.#dependencies.metrics.requestStarted(call);
    deliverInCall(call, deliver);
  }

  #receiveNotification(notification: JSONRPCNotification, extra: Extra, deliver: () => void): void {
    const call = this.#begin(notification, extra);
    deliverInCall(call, deliver);
    if (call.method === "notifications/cancelled") this.#finish(notification.params?.requestId as RequestId, undefined);
    finishCall(call, { result: {} }, this.#dependencies);
  }

  #begin(message: JSONRPCRequest | JSONRPCNotification, extra: Extra): Call {
    const { session } = this;
    const params = asFields(message.params);
    const call = beginCall(message, extra, session, this.#dependencies);
    if (call.method === "initialize") this.#openSession(params, extra, call.userId);
    if (call.toolName !== undefined) session.toolCalls += 1;
    if (this.#dependencies.tracing.active) startSpan(call, params, extra, this.#dependencies);
    return call;
  }

  #openSession(params: Fields, extra: Extra, userId: string): void {
    const { session } = this;
    const { tracing, tracer, trust, sessions } = this.#dependencies;
    session.open(this.#transport.sessionId, userId, asFields(params.clientInfo));
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
    this.#finish(message.id, message as RpcResponse);
  }

  /** Ends a pending request. Has no effect when it has ended already. */
  #finish(id: RequestId | undefined, response: RpcResponse | undefined): void {
    const call = id === undefined ? undefined : this.#pending.get(id);
    if (id === undefined || call === undefined) return;
    this.#pending.delete(id);
    this.#dependencies.metrics.requestEnded(call);
    if (call.method === "initialize" && response?.result !== undefined) {
      this.session.initialized(asFields(response.result), this.#dependencies.logger);
      this.#dependencies.clients.sessionStarted(this.session);
    }
    finishCall(call, response, this.#dependencies);
  }
}

function deliverInCall(call: Call, deliver: () => void): void {
  const inCall = () => runInCall(call, deliver);
  if (call.context === undefined) inCall();
  else context.with(call.context, inCall);
}

const transportName = (transport: Transport): TransportName =>
  "handleRequest" in transport || transport.sessionId !== undefined ? "http" : "stdio";
