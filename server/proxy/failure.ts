/** What a client is told when an upstream server cannot be reached, and what that is in the telemetry. */
import type { ErrorClass } from "mcp-telemetry/conventions";
import { ERROR_CLASSES } from "mcp-telemetry/conventions";
import type { RequestId } from "mcp-telemetry/passing";

export interface Failure {
  readonly errorClass: ErrorClass;
  /** Of the HTTP answer. */
  readonly status: number;
  /** A code of Node.js, such as `ECONNREFUSED`. It names neither a host nor a path. */
  readonly code: string;
}

const SERVER_ERROR = -32000;
const INVALID_REQUEST = -32600;

const TIMEOUTS: ReadonlySet<string> = new Set(["ETIMEDOUT", "ESOCKETTIMEDOUT"]);

export function failureOf(error: NodeJS.ErrnoException): Failure {
  const code = /^[A-Z][A-Z0-9_]{1,63}$/.test(error.code ?? "") ? (error.code as string) : "unknown error";
  return TIMEOUTS.has(code)
    ? { errorClass: "timeout", status: 504, code }
    : { errorClass: "upstream", status: 502, code };
}

/** A JSON-RPC error. @param id null where it answers no request */
export function failureAnswer(id: RequestId | null, { errorClass, code }: Failure): Buffer {
  const message = `The upstream server cannot be reached (${code})`;
  const data = { error_class: errorClass, retryable: ERROR_CLASSES[errorClass] };
  return Buffer.from(JSON.stringify({ jsonrpc: "2.0", id, error: { code: SERVER_ERROR, message, data } }));
}

/** By the status of an answer without a JSON-RPC answer. Undefined: its caller is at fault. */
function classOf(status: number): ErrorClass | undefined {
  if (status === 429) return "rate_limit";
  if (status === 408 || status === 504) return "timeout";
  return status >= 400 && status < 500 ? undefined : "upstream";
}

/** What stands in the telemetry for an answer that is no JSON-RPC message with the id of its request. */
export function unansweredBy(status: number, id: RequestId) {
  const errorClass = classOf(status);
  const code = errorClass === undefined ? INVALID_REQUEST : SERVER_ERROR;
  return { errorClass, answer: Buffer.from(JSON.stringify({ jsonrpc: "2.0", id, error: { code } })) };
}
