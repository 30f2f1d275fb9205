/**
 * Observes the messages of one transport in both directions. Each received request and notification has a record and a
 * span. They end when the response was sent or could not be sent, when the request was cancelled, or when the connection
 * closed.
 */
import { type Context, context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { ATTR, type SessionEndReason, type TransportName } from "../conventions.ts";
import { asFields, type Call, type Fields } from "../request/call.ts";
import type { RpcResponse } from "../request/outcome.ts";
import { currentCall, runInCall } from "../request/scope.ts";
import { Session } from "../request/session.ts";
import { withRecord } from "../tracing/sampling.ts";
import { beginCall, type Extra, parentOf, startSpan } from "./begin.ts";
import type { ConnectionDependencies } from "./dependencies.ts";
import { finishCall } from "./finish.ts";
import {
  claimOf,
  type Message,
  type Notification,
  type Request,
  type RequestId,
  type SendOptions,
  sendOf,
  type Transport,
} from "./mcp.ts";
import { Outbound, type Receiver } from "./outbound.ts";

export class Connection {
  readonly session: Session;
  readonly #dependencies: ConnectionDependencies;
  readonly #transport: Transport;
  readonly #pending = new Map<RequestId, Call>();
  #outbound: Outbound | undefined;
  #open = false;
  #closed = false;

  constructor(transport: Transport, dependencies: ConnectionDependencies) {
    this.#transport = transport;
    this.#dependencies = dependencies;
    this.session = new Session(dependencies.transport ?? transportName(transport), dependencies.server);
  }

  /** Wraps the callbacks of the transport. Its server must be connected already; see docs/vendor-seams.md. */
  attach(): void {
    const transport = this.#transport;
    const { onmessage, onclose } = transport;
    const send = sendOf(transport);
    transport.onmessage = (message, extra) => this.#receive(message, extra, () => onmessage?.(message, extra));
    transport.send = (message: Message, options?: SendOptions) =>
      this.#send(message, options, (sent) => send(sent, options));
    transport.onclose = () => {
      this.close("transport_closed");
      onclose?.();
    };
  }

  /** Ends the pending requests, then the session. Only the first call has an effect. */
  close(reason: SessionEndReason): void {
    if (this.#closed) return;
    this.#closed = true;
    const isCutOff = reason === "transport_closed" && this.#pending.size > 0;
    for (const id of [...this.#pending.keys()]) this.#cancel(id);
    this.#outbound?.close();
    if (!this.#open) return;
    this.#dependencies.open.delete(this);
    this.#dependencies.sessions.closed(this.session, reason, isCutOff);
    this.session.end(reason, this.#dependencies.logger);
  }

  #receive(message: Message, extra: Extra, deliver: () => void): void {
    if (!this.#dependencies.running()) deliver();
    else if (message.method === undefined) {
      this.#outbound?.received(message);
      deliver();
    } else if (message.id !== undefined) this.#receiveRequest(message as Request, extra, deliver);
    else if (extra?.implied) this.#receiveDisconnect(message, deliver);
    else this.#receiveNotification(message as Notification, extra, deliver);
  }

  #receiveRequest(request: Request, extra: Extra, deliver: () => void): void {
    this.#cancel(request.id);
    const call = this.#begin(request, extra);
    this.#pending.set(request.id, call);
    this.#dependencies.metrics.requestStarted(call);
    deliverInCall(call, deliver);
  }

  #receiveNotification(notification: Notification, extra: Extra, deliver: () => void): void {
    const call = this.#begin(notification, extra);
    deliverInCall(call, deliver);
    if (call.method === "notifications/cancelled") this.#cancel(cancelledBy(notification));
    finishCall(call, { result: {} }, this.#dependencies);
  }

  #receiveDisconnect(notification: Message, deliver: () => void): void {
    deliver();
    this.#cancel(cancelledBy(notification));
  }

  #begin(message: Request | Notification, extra: Extra): Call {
    const params = asFields(message.params);
    const session = this.#sessionOf(params, extra);
    const call = beginCall(message, extra, session, this.#dependencies);
    if (call.method === "initialize" && !session.stateless) this.#openSession(params, extra, call.userId);
    if (call.toolName !== undefined) session.toolCalls += 1;
    if (this.#dependencies.tracing.active) startSpan(call, params, extra, this.#dependencies);
    return call;
  }

  /** A connection over stdio is one session, from the first message that belongs to a session. */
  #sessionOf(params: Fields, extra: Extra): Session {
    const { session } = this;
    const claim = claimOf(asFields(params._meta), extra?.classification);
    if (claim !== undefined) return Session.ofRequest(session, claim);
    if (session.transport === "stdio") this.#opened();
    return session;
  }

  #opened(): void {
    if (this.#open) return;
    this.#open = true;
    this.#dependencies.open.add(this);
    this.#dependencies.sessions.opened(this.session);
  }

  #openSession(params: Fields, extra: Extra, userId: string): void {
    const { session } = this;
    const { tracing, tracer, trust } = this.#dependencies;
    session.open(this.#transport.sessionId, userId, asFields(params.clientInfo));
    if (session.id === undefined) return;
    this.#opened();
    if (tracing.active) session.startSpan(tracer, parentOf(session, params, extra, userId, trust).context);
  }

  /** A transport in front of another server learns the id of its session only from the answer to `initialize`. */
  #learnId({ span }: Call): void {
    const { session } = this;
    const { sessionId } = this.#transport;
    if (session.id !== undefined || sessionId === undefined) return;
    session.id = sessionId;
    this.#opened();
    if (span !== undefined) session.startSpan(this.#dependencies.tracer, trace.setSpan(ROOT_CONTEXT, span));
  }

  async #send(message: Message, options: SendOptions | undefined, deliver: Deliver): Promise<void> {
    if (!this.#dependencies.running()) return deliver(message);
    if (message.method !== undefined) return this.#sendOwn(message as Notification, options, deliver);
    // Taken out first: a transport of one request closes before this continues after `deliver`.
    const call = this.#take(message.id);
    try {
      await deliver(message);
    } catch (error) {
      this.#end(call, undefined);
      throw error;
    }
    this.#end(call, message as RpcResponse);
  }

  async #sendOwn(message: Notification, options: SendOptions | undefined, deliver: Deliver): Promise<void> {
    const { sent, tools } = this.#dependencies;
    this.#outbound ??= new Outbound({ finished: sent, resourceUri: (uri) => tools.resourceUri(uri) });
    if (message.method === "notifications/cancelled") this.#outbound.cancelled(cancelledBy(message));
    const related = options?.relatedRequestId;
    const call = (related === undefined ? undefined : this.#pending.get(related)) ?? currentCall();
    await this.#outbound.send(message, receiverOf(call, this.session), this.#parentOf(message, call), deliver);
  }

  /** The parent of the span of a message that this server sends; undefined: it gets no span. */
  #parentOf(message: Notification, call: Call | undefined): Context | undefined {
    const { tracing, decideSampling } = this.#dependencies;
    if (!tracing.active) return undefined;
    if (trace.getSpan(context.active()) !== undefined) {
      const isOneTooMany = message.id === undefined && call !== undefined && !call.sendsNotification();
      return isOneTooMany ? undefined : context.active();
    }
    const parent = this.session.joinTrace() ? this.session.context : ROOT_CONTEXT;
    if (tracing.standardSampler) return parent;
    return withRecord(parent, { ...decideSampling(undefined, false, SELF), outcomeKnown: true });
  }

  #take(id: RequestId | undefined): Call | undefined {
    const call = id === undefined ? undefined : this.#pending.get(id);
    if (id !== undefined) this.#pending.delete(id);
    return call;
  }

  /** Ends a pending request without an answer. Has no effect when it has ended already. */
  #cancel(id: RequestId | undefined): void {
    this.#end(this.#take(id), undefined);
  }

  #end(call: Call | undefined, response: RpcResponse | undefined): void {
    if (call === undefined) return;
    this.#dependencies.metrics.requestEnded(call);
    if (call.method === "initialize" && response?.result !== undefined && !call.session.stateless) {
      this.#learnId(call);
      this.session.initialized(asFields(response.result), this.#dependencies.logger);
      this.#dependencies.clients.sessionStarted(this.session);
    }
    finishCall(call, response, this.#dependencies);
  }
}

type Deliver = (message: Message) => Promise<void>;

/** The share of the limits of sampling that is for messages which the server sends outside of any request. */
const SELF = "server";

/** @param call in which the message is sent */
function receiverOf(call: Call | undefined, session: Session): Receiver {
  const { transport, id, protocolVersion, server } = call?.session ?? session;
  const version = call?.peer[ATTR.networkProtocolVersion];
  const connection = version === undefined ? {} : { [ATTR.networkProtocolVersion]: version };
  return { transport, sessionId: id, protocolVersion, server, connection };
}

/** The id of the request that `notifications/cancelled` names. */
const cancelledBy = ({ params }: Message): RequestId | undefined => asFields(params).requestId as RequestId | undefined;

function deliverInCall(call: Call, deliver: () => void): void {
  const inCall = () => runInCall(call, deliver);
  if (call.context === undefined) inCall();
  else context.with(call.context, inCall);
}

/** Transports for HTTP have a method for a request: `handleRequest`, or `handleMessage` where they serve one request. */
export const transportName = (transport: Transport): TransportName =>
  "handleRequest" in transport || "handleMessage" in transport || transport.sessionId !== undefined ? "http" : "stdio";
