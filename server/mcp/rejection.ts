/**
 * How a request is refused before it reaches MCP. Each reason has an HTTP status, a JSON-RPC error code and a fixed text.
 * The answer never repeats what the caller sent.
 */
import type { RejectionReason } from "../telemetry/conventions.ts";

type Headers = Readonly<Record<string, string>>;
type Refusal = readonly [status: number, code: number, message: string, headers?: Headers];

const RETRY = { "retry-after": "5" };
const ACCEPT = "Not Acceptable: accept application/json and text/event-stream (GET: text/event-stream)";

const REFUSALS: Readonly<Record<RejectionReason, Refusal>> = {
  host: [403, -32000, "Forbidden: this Host is not served; see MCP_ALLOWED_HOSTS"],
  origin: [403, -32000, "Forbidden: this Origin is not served; see MCP_ALLOWED_ORIGINS"],
  auth: [401, -32000, "Unauthorized: send a valid bearer token", { "www-authenticate": "Bearer" }],
  session_owner: [404, -32001, "Session not found"],
  unknown_session: [404, -32001, "Session not found"],
  missing_session: [400, -32000, "Bad Request: Mcp-Session-Id header is required"],
  already_initialized: [400, -32600, "Invalid Request: the session is initialized already"],
  body_too_large: [413, -32000, "Payload too large: see MCP_BODY_LIMIT"],
  json_too_complex: [413, -32000, "JSON too complex: see MCP_MAX_JSON_VALUES and MCP_MAX_JSON_DEPTH"],
  malformed_json: [400, -32700, "Parse error: the body is not JSON"],
  invalid_message: [400, -32600, "Invalid Request: the body is not a JSON-RPC message"],
  not_acceptable: [406, -32000, ACCEPT],
  unsupported_media_type: [415, -32000, "Unsupported Media Type: send application/json"],
  unsupported_version: [400, -32000, "Bad Request: unsupported MCP-Protocol-Version"],
  method_not_allowed: [405, -32000, "Use POST, GET or DELETE", { allow: "GET, POST, DELETE" }],
  too_many_sessions: [503, -32000, "Too many sessions: try again later", RETRY],
  too_many_messages: [429, -32000, "Too many messages of this session in flight: try again later", RETRY],
  too_many_bytes: [503, -32000, "Too many bytes in flight: try again later", RETRY],
  shutting_down: [503, -32000, "Shutting down: try again later", { ...RETRY, connection: "close" }],
};

/** Thrown by the checks in front of MCP. `http.ts` answers, counts and logs it. */
export class Rejection extends Error {
  readonly reason: RejectionReason;
  readonly refusal: Refusal;

  constructor(reason: RejectionReason) {
    super(reason);
    this.reason = reason;
    this.refusal = REFUSALS[reason];
  }
}
