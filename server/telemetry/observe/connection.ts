/**
 * One transport, observed: a record and a span for each request and notification that arrives, ended when its
 * answer was sent, could not be sent, was cancelled, or the connection closed. Nothing stays pending.
 */
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage, MessageExtraInfo, RequestId } from "@modelcontextprotocol/sdk/types.js";
import { context, ROOT_CONTEXT, SpanKind, type Tracer, trace } from "@opentelemetry/api";
import type { Trust } from "../config.ts";
import { ANONYMOUS, LOG, METHODS, OTHER, type SessionEndReason, type TransportName } from "../conventions.ts";
import type { SessionMetrics } from "../metrics/sessions.ts";
import { type SamplingPolicy, withRecord } from "../tracing/sampling.ts";
import { spanName, startAttributes } from "./attributes.ts";
import { Call } from "./call.ts";
import { finishCall, type Sinks } from "./finish.ts";
import type { Answer } from "./outcome.ts";
import { knownBaggage, parentage } from "./parent.ts";
import { peerAttributes, subjectOf } from "./peer.ts";
import { inScopeOf } from "./scope.ts";
import { clientText, Session } from "./session.ts";

export interface Surroundings extends Sinks {
  readonly tracer: Tracer;
  readonly sampling: SamplingPolicy;
  readonly sessions: SessionMetrics;
  readonly trust: Trust;
}

type Message = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, unknown>>;
type Send = Transport["send"];

export class Connection {
  readonly session: Session;
  readonly #around: Surroundings;
  readonly #transport: Transport;
  readonly #pending = new Map<RequestId, Call>();
  #closed = false;

  constructor(transport: Transport, around: Surroundings) {
    this.#transport = transport;
    this.#around = around;
    this.session = new Session(transportName(transport));
  }

  /** Wraps the callbacks of a transport that its server is already connected to. */
  attach(): void {
    const transport = this.#transport;
    const { onmessage, onclose } = transport;
    const send: Send = transport.send.bind(transport);
    if (this.session.transport === "stdio") this.#around.sessions.opened(this.session);
    transport.onmessage = (message, extra) => this.#receive(message, extra, () => onmessage?.(message, extra));
    transport.send = (message, options) => this.#send(message, () => send(message, options));
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
    const { session } = this;
    if (session.id === undefined && session.transport === "http") return;
    session.endReason = reason;
    session.endSpan();
    this.#around.sessions.closed(session);
    this.#around.logger.info(
      { ...sessionFields(session), [LOG.endReason]: reason, tool_calls: session.toolCalls },
      "session ended",
    );
  }

  #receive(message: JSONRPCMessage, extra: MessageExtraInfo | undefined, deliver: () => void): void {
    if (!("method" in message)) {
      deliver();
      return;
    }
    const call = this.#begin(message, extra);
    if ("id" in message) {
      this.#finish(message.id, undefined);
      this.#pending.set(message.id, call);
      this.#around.metrics.begun(call);
      this.#run(call, deliver);
      return;
    }
    this.#run(call, deliver);
    if (message.method === "notifications/cancelled") this.#cancelled(message.params);
    finishCall(call, { result: {} }, this.#around);
  }

  #begin(message: Message, extra: MessageExtraInfo | undefined): Call {
    const { session } = this;
    const { tools } = this.#around;
    const params = fieldsIn(message.params);
    const method = METHODS.has(String(message.method)) ? String(message.method) : OTHER;
    const userId = subjectOf(extra?.authInfo);
    const call = new Call({
      session,
      method,
      toolName: method === "tools/call" ? tools.toolName(params.name) : undefined,
      promptName: method === "prompts/get" ? tools.promptName(params.name) : undefined,
      requestId: "id" in message ? String(message.id).slice(0, 64) : undefined,
      userId,
      args: method === "tools/call" ? params.arguments : undefined,
    });
    if (method === "initialize") this.#openSession(params, extra, userId);
    if (call.toolName !== undefined) session.toolCalls += 1;
    if (this.#around.tracing.active) this.#startSpan(call, params, extra);
    return call;
  }

  #openSession(params: Fields, extra: MessageExtraInfo | undefined, userId: string): void {
    const { session } = this;
    const client = fieldsIn(params.clientInfo);
    session.id = this.#transport.sessionId;
    session.userId = userId;
    session.clientName = clientText(client.name);
    session.clientVersion = clientText(client.version);
    if (session.transport === "http" && session.id !== undefined) this.#around.sessions.opened(session);
    if (!this.#around.tracing.active) return;
    const { context: parent } = this.#parentage(params, extra, userId);
    session.startSpan(this.#around.tracer, trace.getSpan(parent) === undefined ? ROOT_CONTEXT : parent);
  }

  #startSpan(call: Call, params: Fields, extra: MessageExtraInfo | undefined): void {
    const { tracer, tracing, sampling } = this.#around;
    const from = this.#parentage(params, extra, call.userId);
    let parent = from.context;
    if (!tracing.standardSampler) {
      call.sampling = sampling.decide(call.toolName, from.remoteSampled);
      parent = withRecord(parent, call.sampling);
    }
    const baggage = knownBaggage(parent);
    call.baggage = baggage.map(([, field, value]) => [field, value] as const);
    call.span = tracer.startSpan(
      spanName(call),
      {
        kind: SpanKind.SERVER,
        links: from.links,
        attributes: {
          ...startAttributes(call, params, peerAttributes(extra?.authInfo)),
          ...Object.fromEntries(baggage.map(([attribute, , value]) => [attribute, value])),
        },
      },
      parent,
    );
    call.context = trace.setSpan(parent, call.span);
  }

  #parentage(params: Fields, extra: MessageExtraInfo | undefined, userId: string) {
    const { trust } = this.#around;
    const trusted = trust === "always" || (trust === "authenticated" && userId !== ANONYMOUS);
    return parentage(fieldsIn(params._meta), extra?.requestInfo?.headers, trusted, this.session);
  }

  #run(call: Call, deliver: () => void): void {
    const scoped = () => inScopeOf(call, deliver);
    if (call.context === undefined) scoped();
    else context.with(call.context, scoped);
  }

  async #send(message: JSONRPCMessage, deliver: () => Promise<void>): Promise<void> {
    const id = "method" in message ? undefined : message.id;
    if (id === undefined) return deliver();
    try {
      await deliver();
    } catch (error) {
      this.#finish(id, undefined);
      throw error;
    }
    this.#finish(id, message as Answer);
  }

  #cancelled(params: unknown): void {
    const { requestId } = fieldsIn(params);
    if (typeof requestId === "string" || typeof requestId === "number") this.#finish(requestId, undefined);
  }

  /** Ends a pending request; nothing happens when it has ended already. */
  #finish(id: RequestId, answer: Answer | undefined): void {
    const call = this.#pending.get(id);
    if (call === undefined) return;
    this.#pending.delete(id);
    this.#around.metrics.ended(call);
    if (call.method === "initialize") this.#initialized(answer);
    finishCall(call, answer, this.#around);
  }

  #initialized(answer: Answer | undefined): void {
    const { session } = this;
    const version = fieldsIn(answer?.result).protocolVersion;
    if (typeof version !== "string") return;
    session.protocolVersion = version;
    this.#around.logger.info(
      {
        ...sessionFields(session),
        client_name: session.clientName,
        client_version: session.clientVersion,
        protocol_version: version,
      },
      "session started",
    );
  }
}

const fieldsIn = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});

const transportName = (transport: Transport): TransportName =>
  "handleRequest" in transport || transport.sessionId !== undefined ? "http" : "stdio";

const sessionFields = (session: Session) => ({
  ...(session.id !== undefined && { [LOG.sessionId]: session.id }),
  [LOG.userId]: session.userId,
});
