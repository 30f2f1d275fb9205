/**
 * The part of MCP that a server with tools only needs, in both eras: a message comes in, an answer goes out. It keeps no
 * session and knows no transport. It uses no SDK, so that it makes no span, no log line and no sample of its own.
 */
import { STATELESS_REVISIONS } from "../conventions.ts";

/** The revisions with sessions, the newest first. */
const REVISIONS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
/** In the `_meta` of a request without a session: its revision. */
const REVISION_KEY = "io.modelcontextprotocol/protocolVersion";

const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
const UNSUPPORTED_VERSION = -32022;

export interface Definition {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: unknown;
}

/** What a server offers. */
export interface Offer {
  readonly name: string;
  readonly instructions: string;
  readonly tools: readonly Definition[];
  /** @returns the text of the result; it is an error when `call` throws */
  readonly call: (tool: string, args: unknown) => string | Promise<string>;
}

export type Answer = { readonly jsonrpc: "2.0"; readonly id: unknown } & (
  | { readonly result: object }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: object } }
);

interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: { readonly [name: string]: unknown; readonly _meta?: Readonly<Record<string, unknown>> };
}

class RpcError extends Error {
  readonly code: number;
  readonly data: object | undefined;

  constructor(code: number, message: string, data?: object) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** @returns undefined for what needs no answer: a notification, or an answer of the client */
export async function answerTo(message: unknown, offer: Offer): Promise<Answer | undefined> {
  const { id, method, params = {} } = isObject(message) ? (message as Message) : {};
  if (typeof method !== "string") {
    return isObject(message) && id !== undefined
      ? undefined
      : failed(null, new RpcError(INVALID_REQUEST, "no message"));
  }
  if (id === undefined) return undefined;
  try {
    return { jsonrpc: "2.0", id, result: await resultOf(method, isObject(params) ? params : {}, offer) };
  } catch (error) {
    return failed(id, error instanceof RpcError ? error : new RpcError(INVALID_REQUEST, "the request failed"));
  }
}

/** The HTTP status of an answer: errors have one of their own in revisions without sessions only. */
export function statusOf(message: unknown, answer: Answer): number {
  if (!("error" in answer)) return 200;
  if (answer.id === null) return 400;
  if ((message as Message).params?._meta?.[REVISION_KEY] === undefined) return 200;
  return answer.error.code === METHOD_NOT_FOUND ? 404 : 400;
}

async function resultOf(method: string, params: NonNullable<Message["params"]>, offer: Offer): Promise<object> {
  const revision = params._meta?.[REVISION_KEY];
  const stateless = revision !== undefined;
  if (stateless && !STATELESS_REVISIONS.has(String(revision))) {
    throw new RpcError(UNSUPPORTED_VERSION, "unsupported protocol version", { supported: [...STATELESS_REVISIONS] });
  }
  const complete = stateless && { resultType: "complete" };
  const cached = stateless && { ttlMs: 0, cacheScope: "private" };
  const about = {
    capabilities: { tools: {} },
    serverInfo: { name: offer.name, version: "1.0.0" },
    instructions: offer.instructions,
  };
  switch (method) {
    case "initialize":
      return { protocolVersion: REVISIONS.find((known) => known === params.protocolVersion) ?? REVISIONS[0], ...about };
    case "server/discover":
      return { supportedVersions: [...STATELESS_REVISIONS], ...about, ...complete, ...cached };
    case "ping":
      return {};
    case "tools/list":
      return { tools: offer.tools.map((tool) => ({ ...tool, annotations: READ_ONLY })), ...complete, ...cached };
    case "tools/call":
      return { ...(await called(params, offer)), ...complete };
    default:
      throw new RpcError(METHOD_NOT_FOUND, "method not found");
  }
}

const READ_ONLY = { readOnlyHint: true, openWorldHint: false };

async function called({ name, arguments: args = {} }: Readonly<Record<string, unknown>>, { tools, call }: Offer) {
  const tool = tools.find((one) => one.name === name);
  if (tool === undefined) throw new RpcError(INVALID_PARAMS, "unknown tool");
  try {
    return { content: [{ type: "text", text: await call(tool.name, args) }] };
  } catch (error) {
    return { content: [{ type: "text", text: error instanceof Error ? error.message : "failed" }], isError: true };
  }
}

const failed = (id: unknown, { code, message, data }: RpcError): Answer => ({
  jsonrpc: "2.0",
  id,
  error: { code, message, ...(data && { data }) },
});

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
