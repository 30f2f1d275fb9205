/**
 * Finds the error class of a failed tool call: by the error's type, else by its code, else by its message. The `cause` of
 * an error is examined too: `fetch` puts every network error there.
 */

import type { ErrorClass } from "mcp-telemetry/conventions";
import { ZodError } from "zod";
import { InvalidArgument, ToolFailure, UpstreamError } from "./errors.ts";

const codes = (errorClass: ErrorClass, list: string) => list.split(" ").map((code) => [code, errorClass] as const);

/** Error codes of Node.js, undici and TLS. */
const BY_CODE: ReadonlyMap<string, ErrorClass> = new Map([
  ...codes("timeout", "ETIMEDOUT ESOCKETTIMEDOUT ERR_HTTP_REQUEST_TIMEOUT"),
  ...codes("timeout", "UND_ERR_CONNECT_TIMEOUT UND_ERR_HEADERS_TIMEOUT UND_ERR_BODY_TIMEOUT"),
  ...codes("upstream", "ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ENOTFOUND EAI_AGAIN EAI_FAIL EHOSTUNREACH"),
  ...codes("upstream", "EHOSTDOWN ENETUNREACH ENETDOWN EPROTO UND_ERR_SOCKET UND_ERR_CLOSED UND_ERR_DESTROYED"),
  ...codes("upstream", "CERT_HAS_EXPIRED DEPTH_ZERO_SELF_SIGNED_CERT UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
  ...codes("upstream", "ERR_TLS_CERT_ALTNAME_INVALID SELF_SIGNED_CERT_IN_CHAIN"),
  ...codes("malformed_output", "Z_DATA_ERROR Z_BUF_ERROR"),
  ...codes("output_too_large", "UND_ERR_RES_EXCEEDED_MAX_SIZE ERR_STRING_TOO_LONG ERR_BUFFER_TOO_LARGE"),
]);

/** For errors that have neither a type nor a code of their own. */
const BY_MESSAGE: readonly (readonly [RegExp, ErrorClass])[] = [
  [/\btimed?[ -]?out\b|\bdeadline exceeded\b/i, "timeout"],
  [/\brate[ _-]?limit|\btoo many requests\b|\bquota exceeded\b/i, "rate_limit"],
  [/\bcircuit (breaker )?(is )?open\b/i, "circuit_open"],
  [/\bsocket hang up\b|\bconnection (was )?(refused|reset|closed|terminated)\b|\bother side closed\b/i, "upstream"],
  [/\bservice unavailable\b|\bbad gateway\b|\bgateway\b.*\bunreachable\b/i, "upstream"],
  [/\bunexpected (token|end of JSON)|\binvalid JSON\b|\bschema\b.*\bvalidation\b/i, "malformed_output"],
  [/\b(payload|response|result|output)\b.*\btoo large\b/i, "output_too_large"],
];

const MAX_CAUSES = 4;
/** Characters of a message. */
const MAX_EXAMINED = 1000;

/**
 * Never throws, whatever was thrown: an error whose members cannot be read is `unknown`.
 *
 * @returns undefined when the caller is at fault
 */
export function classify(error: unknown): ErrorClass | undefined {
  if (attempt(() => error instanceof InvalidArgument)) return undefined;
  const chain = causesOf(error);
  for (const rule of [byType, byCode, byMessage]) {
    for (const link of chain) {
      const found = attempt(() => rule(link));
      if (found !== undefined) return found;
    }
  }
  return "unknown";
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The error and its causes. The cause of an AggregateError is its first error. */
function causesOf(error: unknown): Error[] {
  const chain: Error[] = [];
  let link = attempt(() => (error instanceof Error ? error : undefined));
  while (link !== undefined && chain.length <= MAX_CAUSES) {
    const here: Error = link;
    chain.push(here);
    link = attempt(() => causeOf(here));
  }
  return chain;
}

function causeOf(error: Error): Error | undefined {
  const cause: unknown = error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined);
  return cause instanceof Error ? cause : undefined;
}

function byType(error: Error): ErrorClass | undefined {
  if (error instanceof ToolFailure) return error.errorClass;
  if (error instanceof UpstreamError) return byStatus(error.status);
  if (error instanceof ZodError || error instanceof SyntaxError) return "malformed_output";
  if (error.name === "TimeoutError") return "timeout";
  return error.name === "HTTPParserError" ? "malformed_output" : undefined;
}

function byStatus(status: number): ErrorClass {
  if (status === 429) return "rate_limit";
  return status === 408 || status === 504 ? "timeout" : "upstream";
}

function byCode(error: Error): ErrorClass | undefined {
  const code = "code" in error ? String(error.code) : "";
  // An error of the HTTP parser of Node.js.
  return code.startsWith("HPE_") ? "malformed_output" : BY_CODE.get(code);
}

function byMessage({ message }: Error): ErrorClass | undefined {
  const start = message.slice(0, MAX_EXAMINED);
  return BY_MESSAGE.find(([pattern]) => pattern.test(start))?.[1];
}
