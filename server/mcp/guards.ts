/** The checks of an HTTP request before MCP sees it. Each throws a {@link Rejection} with its reason. */
import type { IncomingMessage } from "node:http";
import { isInitializeRequest, SUPPORTED_PROTOCOL_VERSIONS } from "@modelcontextprotocol/sdk/types.js";
import { isMessage } from "./message-shape.ts";
import { accepts, isJson } from "./negotiation.ts";
import { Rejection } from "./rejection.ts";

export const METHODS: ReadonlySet<string> = new Set(["GET", "POST", "DELETE"]);
const MAX_BATCH = 100;

export function checkMethod({ method }: IncomingMessage): void {
  if (!METHODS.has(method ?? "")) throw new Rejection("method_not_allowed");
}

/**
 * Prevents DNS rebinding: a web page can send requests to this address, but not with an allowed `Host`. The value must be
 * the authority of a URL, because the SDK makes a URL of it.
 */
export function checkHost({ headers }: IncomingMessage, allowed: ReadonlySet<string>): void {
  const { host = "" } = headers;
  const name = host.toLowerCase().replace(/:\d+$/, "");
  if (!allowed.has("*") && !allowed.has(name)) throw new Rejection("host");
  if (/[/?#@\\]/.test(host) || !URL.canParse(`http://${host}`)) throw new Rejection("host");
}

/** Only browsers send an `Origin`. */
export function checkOrigin({ headers }: IncomingMessage, allowed: ReadonlySet<string>): void {
  const { origin } = headers;
  if (origin === undefined || allowed.has("*")) return;
  if (!URL.canParse(origin) || !allowed.has(new URL(origin).hostname)) throw new Rejection("origin");
}

/** What the SDK's client sends; nothing needs to be parsed. */
const ACCEPT = "application/json, text/event-stream";

export function checkNegotiation({ method, headers }: IncomingMessage): void {
  const { accept } = headers;
  const streams = accept === ACCEPT || accepts(accept, "text/event-stream");
  if (method === "GET" && !streams) throw new Rejection("not_acceptable");
  if (method === "POST") {
    if (!streams || !(accept === ACCEPT || accepts(accept, "application/json"))) throw new Rejection("not_acceptable");
    if (headers["content-type"] !== "application/json" && !isJson(headers["content-type"])) {
      throw new Rejection("unsupported_media_type");
    }
  }
}

/** Binds the requests of a session. `initialize` comes before it, and negotiates. */
export function checkVersion({ headers }: IncomingMessage): void {
  const version = headers["mcp-protocol-version"];
  if (version !== undefined && !SUPPORTED_PROTOCOL_VERSIONS.includes(String(version))) {
    throw new Rejection("unsupported_version");
  }
}

/** @returns whether the body is an `initialize` request, which opens a session */
export function checkBody(body: unknown): boolean {
  const messages = Array.isArray(body) ? body : [body];
  if (messages.length === 0 || messages.length > MAX_BATCH) throw new Rejection("invalid_message");
  for (const message of messages) {
    if (!isMessage(message)) throw new Rejection("invalid_message");
  }
  const initializes = messages.some((message) => message.method === "initialize");
  if (initializes && !(messages.length === 1 && isInitializeRequest(body) && "id" in body)) {
    throw new Rejection("invalid_message");
  }
  return initializes;
}
