/**
 * The transport of the modern era: one SDK server, connected once, serves the requests of all callers. To make a server
 * for each request, as the SDK does, costs more than the call. Each request gets an id that no other request of this
 * process had. So nothing of one request can reach another: neither its answer, nor what its handler sends later, nor its
 * cancellation. The server keeps nothing of a client; see docs/vendor-seams.md.
 */
import {
  type AuthInfo,
  type JSONRPCMessage,
  type JSONRPCNotification,
  type JSONRPCRequest,
  type MessageExtraInfo,
  PerRequestHTTPServerTransport,
  type RequestId,
  type TransportSendOptions,
} from "@modelcontextprotocol/server";
import { MODERN_REVISIONS } from "./era.ts";

/** Takes what the server sends for one request, its answer last. @throws when the client has disconnected */
type SendReply = (message: JSONRPCMessage, status: number) => Promise<void>;

export interface Origin {
  readonly authInfo?: AuthInfo;
  /** The members of a `Request` that handlers may read. */
  readonly request?: globalThis.Request;
}

export interface Requested {
  /** Call when the client has cancelled or disconnected. Has no effect when the answer was sent. */
  readonly cancel: () => void;
  /** Resolves when no handler runs any more, also after a cancellation. */
  readonly settled: Promise<void>;
}

interface Open {
  readonly callerId: RequestId;
  readonly reply: SendReply;
}

const [REVISION = ""] = MODERN_REVISIONS;
const CLASSIFICATION = { era: "modern", revision: REVISION } as const;

/** The status of an error with which the SDK answers before it calls a handler. Every other answer has 200. */
const STATUS: Readonly<Record<number, number>> = { [-32601]: 404, [-32022]: 400, [-32600]: 400 };
/** By the specification this error has status 400 wherever it comes from. */
const MISSING_CAPABILITY = -32021;
/** No request has this id. */
const NOBODY = -1;

export class RequestsTransport extends PerRequestHTTPServerTransport {
  readonly #open = new Map<RequestId, Open>();
  /** Those that are cancelled too, until their handler has ended. */
  readonly #settle = new Map<RequestId, () => void>();
  /** Gets what the server sends for no request: changes of its lists. */
  onchange: (notification: JSONRPCNotification) => void = () => {};
  #lastId = 0;
  #dispatching = false;

  constructor() {
    super({ classification: CLASSIFICATION });
  }

  request(message: JSONRPCRequest, origin: Origin, reply: SendReply): Requested {
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise: settled, resolve } = Promise.withResolvers<void>();
    this.#settle.set(id, resolve);
    this.#open.set(id, { callerId: message.id, reply });
    this.#dispatching = true;
    try {
      this.#deliver({ ...message, id }, { ...origin, callerId: message.id });
    } finally {
      this.#dispatching = false;
    }
    return { cancel: () => this.#cancel(id), settled };
  }

  /** Call when the handler of a request has ended. @param id of the request, as the server knows it */
  handled(id: RequestId): void {
    this.#settle.get(id)?.();
    this.#settle.delete(id);
  }

  /** A client cancels over HTTP by disconnecting, so what it says here names no request. */
  notify(message: JSONRPCNotification, origin: Origin): void {
    const cancels = message.method === "notifications/cancelled";
    this.#deliver(cancels ? { ...message, params: { ...message.params, requestId: NOBODY } } : message, origin);
  }

  /** @param id of the request, as the server knows it @returns the id that the caller gave */
  callerIdOf(id: RequestId): RequestId | undefined {
    return this.#open.get(id)?.callerId;
  }

  override async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if ("method" in message) {
      if (options?.relatedRequestId !== undefined) await this.#open.get(options.relatedRequestId)?.reply(message, 200);
      else if (!("id" in message)) this.onchange(message);
      return;
    }
    const { id } = message;
    if (id === undefined) return;
    this.handled(id);
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    await open.reply({ ...message, id: open.callerId }, this.#statusOf(message));
  }

  #deliver(message: JSONRPCMessage, origin: Origin & { callerId?: RequestId; implied?: true }): void {
    this.onmessage?.(message, { classification: CLASSIFICATION, ...origin } satisfies MessageExtraInfo);
  }

  #cancel(id: number): void {
    if (!this.#open.delete(id)) return;
    const params = { requestId: id };
    this.#deliver({ jsonrpc: "2.0", method: "notifications/cancelled", params }, { implied: true });
  }

  #statusOf(message: JSONRPCMessage): number {
    const code = "error" in message ? message.error.code : undefined;
    if (code === undefined) return 200;
    if (code === MISSING_CAPABILITY) return 400;
    return (this.#dispatching ? STATUS[code] : undefined) ?? 200;
  }
}
