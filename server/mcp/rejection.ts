/**
 * How a request is refused before it reaches MCP. Each reason has an HTTP status, a JSON-RPC error code and a fixed text.
 * The answer never repeats what the caller sent, except for the id of its message and the number of a protocol version.
 */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { RejectionReason } from "mcp-telemetry/conventions";

type Headers = Readonly<Record<string, string>>;
export type Refusal = readonly [status: number, code: number, message: string, headers?: Headers, data?: unknown];
type MessageId = string | number | null;

const RETRY = { "retry-after": "5" };
const ACCEPT = "Not Acceptable: accept application/json and text/event-stream (GET: text/event-stream)";

const REFUSALS: Readonly<Record<RejectionReason, Refusal>> = {
  too_many_connections: [503, -32000, "Too many connections: try again later", RETRY],
  malformed_http: [400, -32000, "Bad Request: this is not HTTP/1.1"],
  request_timeout: [408, -32000, "Request Timeout: the request did not arrive in time"],
  headers_too_large: [431, -32000, "Request Header Fields Too Large: see MCP_MAX_HEADER_BYTES"],
  not_found: [404, -32000, "Not found: MCP is at /mcp"],
  host: [403, -32000, "Forbidden: this Host is not served; see MCP_ALLOWED_HOSTS"],
  origin: [403, -32000, "Forbidden: this Origin is not served; see MCP_ALLOWED_ORIGINS", { vary: "Origin" }],
  auth: [401, -32000, "Unauthorized: send a valid bearer token", { "www-authenticate": "Bearer" }],
  session_owner: [404, -32001, "Session not found"],
  unknown_session: [404, -32001, "Session not found"],
  unknown_event: [400, -32000, "Bad Request: there is no event with this Last-Event-ID; it may be too old"],
  missing_session: [400, -32000, "Bad Request: Mcp-Session-Id header is required"],
  already_initialized: [400, -32600, "Invalid Request: the session is initialized already"],
  duplicate_id: [400, -32600, "Invalid Request: a request that is not yet answered has this id"],
  body_too_large: [413, -32000, "Payload too large: see MCP_BODY_LIMIT"],
  json_too_complex: [413, -32000, "JSON too complex: see MCP_MAX_JSON_VALUES and MCP_MAX_JSON_DEPTH"],
  malformed_json: [400, -32700, "Parse error: the body is not JSON"],
  invalid_message: [400, -32600, "Invalid Request: the body is not a JSON-RPC message"],
  not_acceptable: [406, -32000, ACCEPT],
  unsupported_media_type: [415, -32000, "Unsupported Media Type: send application/json"],
  header_mismatch: [400, -32020, "Header mismatch: a header of the request is missing or does not fit its body"],
  invalid_envelope: [
    400,
    -32602,
    "Invalid params: _meta needs protocolVersion and clientCapabilities of io.modelcontextprotocol/",
  ],
  unsupported_version: [400, -32000, "Bad Request: unsupported MCP-Protocol-Version"],
  method_not_allowed: [405, -32000, "Use POST, GET or DELETE", { allow: "GET, POST, DELETE" }],
  too_many_sessions: [503, -32000, "Too many sessions: try again later", RETRY],
  too_many_messages: [429, -32000, "Too many messages in flight: see MCP_MAX_MESSAGES_IN_FLIGHT", RETRY],
  too_many_subscriptions: [503, -32000, "Too many subscriptions: see MCP_MAX_SUBSCRIPTIONS", RETRY],
  message_rate: [429, -32000, "Too many messages per second: see MCP_MAX_MESSAGES_PER_SECOND", { "retry-after": "1" }],
  too_many_bytes: [503, -32000, "Too many bytes in flight: try again later", RETRY],
  shutting_down: [503, -32000, "Shutting down: try again later", { ...RETRY, connection: "close" }],
};
const FAILURE: Refusal = [500, -32603, "Internal error"];

/** Thrown by the checks in front of MCP. `http.ts` answers, counts and logs it. */
export class Rejection extends Error {
  readonly reason: RejectionReason;
  readonly refusal: Refusal;

  /** @param refusal where the reason has another answer in another era */
  constructor(reason: RejectionReason, refusal: Refusal = REFUSALS[reason]) {
    super(reason);
    this.reason = reason;
    this.refusal = refusal;
  }
}

/** How long a connection stays open after a refusal, in milliseconds: a client reads the answer before it is closed. */
const LINGER_MS = 1000;

/**
 * Answers a request that was refused or failed. When its body is not complete by then, the rest is not read and the
 * connection is closed. A connection that is closed with unread bytes is reset, and the client may lose the answer:
 * so the end of the answer, which closes the connection, comes after its last byte.
 *
 * @param rejection undefined when the server failed
 * @param id of the JSON-RPC message, null when it is not known
 */
export function answerError(
  request: IncomingMessage,
  response: ServerResponse,
  rejection: Rejection | undefined,
  id: MessageId,
): void {
  const [status, , , own] = rejection?.refusal ?? FAILURE;
  const { body, headers } = errorAnswer(rejection?.refusal ?? FAILURE, id);
  if (request.complete) {
    response.writeHead(status, { ...headers, ...own }).end(body);
    return;
  }
  response.writeHead(status, { ...headers, ...own, connection: "close" }).write(body);
  const linger = setTimeout(() => response.end(), LINGER_MS);
  response.once("close", () => clearTimeout(linger));
}

/** Answers bytes that Node.js made no request of, and closes their connection. */
export function answerOnSocket(socket: Duplex, { refusal }: Rejection): void {
  const [status, , , own] = refusal;
  const { body, headers } = errorAnswer(refusal, null);
  const lines = Object.entries({ ...headers, ...own, connection: "close" }).map(([name, value]) => `${name}: ${value}`);
  socket.pause();
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, "", body].join("\r\n"));
  const linger = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(linger));
}

function errorAnswer([, code, message, , data]: Refusal, id: MessageId) {
  const body = JSON.stringify({ jsonrpc: "2.0", error: { code, message, data }, id });
  return { body, headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) } };
}
