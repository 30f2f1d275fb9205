/**
 * How the HTTP edge says no: per reason a status, a JSON-RPC error code and a fixed text. Never an HTML page, never
 * a stack, never a word of the caller's.
 */
import type { RejectionReason } from "../telemetry/conventions.ts";

interface Refusal {
  readonly status: number;
  readonly code: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const RETRY = { "retry-after": "5" };

const REFUSALS: Readonly<Record<RejectionReason, Refusal>> = {
  host: { status: 403, code: -32000, message: "Forbidden: this Host is not served; see MCP_ALLOWED_HOSTS" },
  origin: {
    status: 403,
    code: -32000,
    message: "Forbidden: this Origin is not served; see MCP_ALLOWED_ORIGINS",
  },
  auth: {
    status: 401,
    code: -32000,
    message: "Unauthorized: send a valid bearer token",
    headers: { "www-authenticate": "Bearer" },
  },
  session_owner: { status: 404, code: -32001, message: "Session not found" },
  unknown_session: { status: 404, code: -32001, message: "Session not found" },
  missing_session: { status: 400, code: -32000, message: "Bad Request: Mcp-Session-Id header is required" },
  already_initialized: {
    status: 400,
    code: -32600,
    message: "Invalid Request: the session is initialized already",
  },
  body_too_large: { status: 413, code: -32000, message: "Payload too large: see MCP_BODY_LIMIT" },
  malformed_json: { status: 400, code: -32700, message: "Parse error: the body is not JSON" },
  invalid_message: {
    status: 400,
    code: -32600,
    message: "Invalid Request: the body is not a JSON-RPC message",
  },
  not_acceptable: {
    status: 406,
    code: -32000,
    message: "Not Acceptable: accept application/json and text/event-stream (GET: text/event-stream)",
  },
  unsupported_media_type: {
    status: 415,
    code: -32000,
    message: "Unsupported Media Type: send application/json",
  },
  unsupported_version: {
    status: 400,
    code: -32000,
    message: "Bad Request: unsupported MCP-Protocol-Version",
  },
  method_not_allowed: {
    status: 405,
    code: -32000,
    message: "Method not allowed: use POST, GET or DELETE",
    headers: { allow: "GET, POST, DELETE" },
  },
  too_many_sessions: {
    status: 503,
    code: -32000,
    message: "Too many sessions: try again later",
    headers: RETRY,
  },
  shutting_down: {
    status: 503,
    code: -32000,
    message: "Shutting down: try again later",
    headers: { ...RETRY, connection: "close" },
  },
};

/** Thrown anywhere in the edge; `http.ts` answers it, counts it and logs it. */
export class Rejection extends Error {
  readonly reason: RejectionReason;
  readonly refusal: Refusal;

  constructor(reason: RejectionReason) {
    super(reason);
    this.reason = reason;
    this.refusal = REFUSALS[reason];
  }
}
