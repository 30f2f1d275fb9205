/**
 * What the telemetry needs of an MCP SDK, as types of its own. A server, a client and the transports of
 * `@modelcontextprotocol/sdk` 1.x and of `@modelcontextprotocol/server` and `/client` 2.x fit them.
 */
import type { Fields } from "../request/call.ts";

export type RequestId = string | number;

/** A JSON-RPC message: a request, a notification or a response. */
export interface Message {
  readonly jsonrpc: "2.0";
  readonly id?: RequestId | undefined;
  readonly method?: string;
  readonly params?: object | undefined;
  readonly result?: unknown;
  readonly error?: { readonly code: number };
}

export type Request = Message & { readonly method: string; readonly id: RequestId };
export type Notification = Message & { readonly method: string };

/** The caller of an HTTP request. `extra` may hold the addresses of its connection; see `callerOf`. */
export interface Caller {
  token: string;
  clientId: string;
  scopes: string[];
  extra?: Record<string, unknown>;
}

/** What a transport tells about a message that it has received. */
export interface MessageExtra {
  readonly authInfo?: Pick<Caller, "clientId" | "extra"> | undefined;
  /** Of SDK 1.x. */
  readonly requestInfo?: { readonly headers: object } | undefined;
  /** Of SDK 2. */
  readonly request?: { readonly headers: { get(name: string): string | null } } | undefined;
  /** Of SDK 2: the era of the message's revision. */
  readonly classification?: { readonly era: string; readonly revision?: string } | undefined;
  /** The id that the caller gave the request, where the transport has given it another one. */
  readonly callerId?: RequestId;
  /** Set for a message that nobody sent: the transport says by it that the client has disconnected. */
  readonly implied?: true;
}

/** A method's type: TypeScript compares its parameters in both directions, so that functions of either SDK fit. */
type Receive = { receive(message: Message, extra?: MessageExtra): void }["receive"];
/** Of any transport: some take lists of messages too. Use {@link sendOf} to call it. */
type Send = { send(message: never, options?: never): Promise<void> }["send"];

export interface SendOptions {
  readonly relatedRequestId?: RequestId | undefined;
  /** Of a client of SDK 2 over HTTP: aborts when the request is cancelled. */
  readonly requestSignal?: AbortSignal | undefined;
}

export interface Transport {
  readonly sessionId?: string | undefined;
  onmessage?: Receive | undefined;
  onclose?: (() => void) | undefined;
  send: Send;
}

/** @returns the present `send` of a transport, bound to it */
export const sendOf = (transport: Transport): ((message: Message, options?: SendOptions) => Promise<void>) =>
  transport.send.bind(transport) as (message: Message, options?: SendOptions) => Promise<void>;

/** A `McpServer` or a low-level `Server`. */
export interface Server {
  connect: { connect(transport: never): Promise<void> }["connect"];
}

/** Keys of `_meta` in requests of revision 2026-07-28 and later, which have no session. */
const META = {
  protocolVersion: "io.modelcontextprotocol/protocolVersion",
  clientInfo: "io.modelcontextprotocol/clientInfo",
} as const;

/** What a request without a session says about itself. */
export interface Claim {
  readonly protocolVersion: string;
  readonly clientInfo: unknown;
}

/** @returns undefined for a message of an earlier revision; a notification may say nothing about itself */
export function claimOf(meta: Fields, classification?: MessageExtra["classification"]): Claim | undefined {
  const protocolVersion = meta[META.protocolVersion];
  if (typeof protocolVersion === "string") return { protocolVersion, clientInfo: meta[META.clientInfo] };
  if (classification?.era !== "modern" || classification.revision === undefined) return undefined;
  return { protocolVersion: classification.revision, clientInfo: undefined };
}
