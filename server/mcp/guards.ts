/** The checks of an HTTP request before MCP sees it. Each throws a {@link Rejection} with its reason. */
import type { IncomingMessage } from "node:http";
import { isInitializeRequest, SUPPORTED_PROTOCOL_VERSIONS } from "@modelcontextprotocol/sdk/types.js";
import { isMessage } from "./message-shape.ts";
import { Rejection } from "./rejection.ts";

const METHODS = new Set(["GET", "POST", "DELETE"]);
const MAX_BATCH = 100;

export function checkMethod({ method }: IncomingMessage): void {
  if (!METHODS.has(method ?? "")) throw new Rejection("method_not_allowed");
}

/** Prevents DNS rebinding: a web page can send requests to this address, but not with an allowed `Host`. */
export function checkHost({ headers }: IncomingMessage, allowed: ReadonlySet<string>): void {
  const host = (headers.host ?? "").toLowerCase().replace(/:\d+$/, "");
  if (!allowed.has("*") && !allowed.has(host)) throw new Rejection("host");
}

/** Only browsers send an `Origin`. */
export function checkOrigin({ headers }: IncomingMessage, allowed: ReadonlySet<string>): void {
  const { origin } = headers;
  if (origin === undefined || allowed.has("*")) return;
  if (!URL.canParse(origin) || !allowed.has(new URL(origin).hostname)) throw new Rejection("origin");
}

export function checkNegotiation({ method, headers }: IncomingMessage): void {
  const accept = headers.accept ?? "";
  const streams = accept.includes("text/event-stream");
  if (method === "GET" && !streams) throw new Rejection("not_acceptable");
  if (method === "POST") {
    if (!streams || !accept.includes("application/json")) throw new Rejection("not_acceptable");
    if (!/^application\/json\s*(;|$)/i.test(headers["content-type"] ?? "")) {
      throw new Rejection("unsupported_media_type");
    }
  }
}

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
  if (initializes && !(messages.length === 1 && isInitializeRequest(messages[0])))
    throw new Rejection("invalid_message");
  return initializes;
}
