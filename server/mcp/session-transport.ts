/**
 * The SDK's transport of a session, which also knows the requests that it owes an answer. A request whose id is in use is
 * refused: the SDK would send both answers to the second, and leave the first open. The SDK never answers a cancelled
 * request, and leaves its stream open; here the stream ends. So does a resumed stream that has nothing left to send.
 */
import {
  type EventStore,
  type WebStandardStreamableHTTPServerTransportOptions as SdkOptions,
  WebStandardStreamableHTTPServerTransport as SdkTransport,
} from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import {
  CancelledNotificationSchema,
  ErrorCode,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type MessageExtraInfo,
  type RequestId,
} from "@modelcontextprotocol/sdk/types.js";
import { Rejection } from "./rejection.ts";
import type { Reply } from "./reply.ts";

/** The requests of one POST, which share a stream. Their ids are in use until the last of them is answered or cancelled. */
interface Exchange {
  readonly ids: readonly RequestId[];
  readonly ended: PromiseWithResolvers<void>;
  readonly unanswered: Set<RequestId>;
  readonly cancelled: Set<RequestId>;
  /** The handlers that were called. One whose request was cancelled may go on. */
  readonly handlers: Promise<unknown>[];
}

export interface Progress {
  /** Resolves when every request of a body is answered or cancelled, or the session has closed. */
  readonly answered: Promise<void>;
  /** Resolves when no handler of these requests runs any more either. */
  readonly handled: Promise<void>;
}

/** Lets a client whose stream broke read on from the last event that it got. */
export interface Resumption {
  /** Makes the event store of a session. */
  readonly eventStore: () => Required<EventStore>;
  /** How long a client should wait before it comes back, in milliseconds. */
  readonly retryMs?: number;
}

/** What the SDK knows of its streams; see docs/vendor-seams.md. */
interface SdkStreams {
  readonly _streamMapping: ReadonlyMap<string, { cleanup(): void }>;
  readonly _requestToStreamMapping: ReadonlyMap<RequestId, string>;
  readonly _standaloneSseStreamId: string;
}

export class SessionTransport extends SdkTransport {
  readonly #exchanges = new Map<RequestId, Exchange>();
  readonly #replies = new Map<RequestId, Reply>();
  readonly #events: Required<EventStore> | undefined;

  constructor(options: SdkOptions, resumption: Resumption | undefined) {
    const events = resumption?.eventStore();
    const retryInterval = resumption?.retryMs;
    super({
      ...options,
      ...(events && { eventStore: withoutConflicts(events) }),
      ...(retryInterval !== undefined && { retryInterval }),
    });
    this.#events = events;
  }

  /** The body must be parsed and checked. @throws {Rejection} */
  override async handleRequest(...[request, options]: Parameters<SdkTransport["handleRequest"]>): Promise<Response> {
    if (request.method === "GET") return this.#openStream(request);
    const body = (options?.parsedBody ?? []) as JSONRPCMessage | JSONRPCMessage[];
    const messages = Array.isArray(body) ? body : [body];
    const exchange = this.#begin(messages);
    const response = await super.handleRequest(request, options);
    if (response.status >= 400) this.#end(exchange);
    for (const message of messages) {
      if ("method" in message && message.method === "notifications/cancelled") this.#cancel(message);
    }
    return response;
  }

  /** Whether {@link request} may be called: the SDK opens sessions, and stores events where streams can be resumed. */
  get answersDirectly(): boolean {
    return this.#events === undefined && this.sessionId !== undefined;
  }

  /**
   * Handles the only request of a body that was parsed and checked. The SDK would check it again, and answers with an
   * event stream even where the answer is all that it sends.
   *
   * @throws {Rejection}
   */
  request(message: JSONRPCRequest, extra: MessageExtraInfo, reply: Reply): void {
    this.#begin([message]);
    this.#replies.set(message.id, reply);
    this.onmessage?.(message, extra);
  }

  /** Of the requests of a body. They may go on long after their client has left. */
  progressOf(body: unknown): Progress {
    const messages: readonly unknown[] = Array.isArray(body) ? body : [body];
    const exchanges = messages.flatMap(
      (message) => this.#exchanges.get((message as { id?: RequestId } | undefined)?.id ?? "") ?? [],
    );
    const answered = Promise.all(exchanges.map(({ ended }) => ended.promise)).then(() => {});
    const handled = answered
      .then(() => Promise.allSettled(exchanges.flatMap(({ handlers }) => handlers)))
      .then(() => {});
    return { answered, handled };
  }

  /** Call when the handler of a request is called. @param end settles when the handler has ended */
  handling(id: RequestId, end: Promise<unknown>): void {
    this.#exchanges.get(id)?.handlers.push(end);
  }

  override async close(): Promise<void> {
    for (const { ended } of this.#exchanges.values()) ended.resolve();
    for (const reply of this.#replies.values()) reply.end();
    this.#replies.clear();
    await super.close();
  }

  override async send(...[message, options]: Parameters<SdkTransport["send"]>): Promise<void> {
    const isAnswer = !("method" in message);
    const id = isAnswer ? message.id : options?.relatedRequestId;
    const reply = id === undefined ? undefined : this.#replies.get(id);
    try {
      if (reply === undefined) await super.send(message, options);
      else await reply.send(message);
    } finally {
      if (isAnswer && id !== undefined) this.#settle(id);
    }
  }

  /** The SDK allows one standalone stream. The client that asks for another has given up the first. */
  async #openStream(request: Request): Promise<Response> {
    const lastEventId = request.headers.get("last-event-id");
    if (this.#events === undefined || lastEventId === null) {
      this.closeStandaloneSSEStream();
      return super.handleRequest(request);
    }
    const streamId = await this.#events.getStreamIdForEventId(lastEventId);
    if (streamId === undefined) throw new Rejection("unknown_event");
    const response = await super.handleRequest(request);
    this.#endIfAnswered(streamId);
    return response;
  }

  /** The SDK ends a stream with its last answer. It leaves a stream open that was resumed after that. */
  #endIfAnswered(streamId: string): void {
    const { _streamMapping, _requestToStreamMapping, _standaloneSseStreamId } = this as unknown as SdkStreams;
    if (streamId === _standaloneSseStreamId || [..._requestToStreamMapping.values()].includes(streamId)) return;
    _streamMapping.get(streamId)?.cleanup();
  }

  #begin(messages: readonly JSONRPCMessage[]): Exchange {
    const ids = messages.flatMap((message) => ("method" in message && "id" in message ? [message.id] : []));
    const ended = Promise.withResolvers<void>();
    const exchange = { ids, ended, unanswered: new Set(ids), cancelled: new Set<RequestId>(), handlers: [] };
    if (exchange.unanswered.size < ids.length || ids.some((id) => this.#exchanges.has(id))) {
      throw new Rejection("duplicate_id");
    }
    for (const id of ids) this.#exchanges.set(id, exchange);
    return exchange;
  }

  /** Has no effect where the SDK's own cancellation has none. */
  #cancel(message: JSONRPCMessage): void {
    const id = CancelledNotificationSchema.safeParse(message).data?.params.requestId;
    const exchange = id ? this.#exchanges.get(id) : undefined;
    if (!id || !exchange?.unanswered.has(id)) return;
    exchange.cancelled.add(id);
    this.#settle(id);
  }

  #settle(id: RequestId): void {
    const exchange = this.#exchanges.get(id);
    exchange?.unanswered.delete(id);
    if (exchange?.unanswered.size === 0) this.#end(exchange);
  }

  #end({ ids, cancelled, ended }: Exchange): void {
    ended.resolve();
    for (const id of ids) this.#exchanges.delete(id);
    for (const id of cancelled) this.#endStream(id);
    for (const id of ids) this.#replies.delete(id);
  }

  /** Of a cancelled request. */
  #endStream(id: RequestId): void {
    const reply = this.#replies.get(id);
    if (reply !== undefined) {
      reply.end();
      return;
    }
    this.closeSSEStream(id);
    // The stream has ended, so nothing is sent: the SDK forgets the request, and throws.
    const error = { code: ErrorCode.ConnectionClosed, message: "cancelled" };
    void super.send({ jsonrpc: "2.0", id, error }).catch(() => {});
  }
}

/**
 * With `getStreamIdForEventId`, the SDK refuses to resume a stream until it has noticed that the connection is broken,
 * which may take minutes. Without it, the stream goes on in the new connection.
 */
const withoutConflicts = (events: EventStore): EventStore => ({
  storeEvent: (streamId, message) => events.storeEvent(streamId, message),
  replayEventsAfter: (lastEventId, replay) => events.replayEventsAfter(lastEventId, replay),
});
