/** Names the cause of a failed tool call, by type and code. */
import { ZodError } from "zod";
import type { ErrorClass } from "../telemetry/conventions.ts";
import { UpstreamError } from "./upstream-error.ts";

const BY_CODE: Readonly<Record<string, ErrorClass>> = {
  ETIMEDOUT: "timeout",
  UND_ERR_CONNECT_TIMEOUT: "timeout",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
  ECONNREFUSED: "upstream",
  ECONNRESET: "upstream",
  EPIPE: "upstream",
  ENOTFOUND: "upstream",
  EAI_AGAIN: "upstream",
  EHOSTUNREACH: "upstream",
  ENETUNREACH: "upstream",
  UND_ERR_SOCKET: "upstream",
};

const MAX_CAUSES = 4;

/** `fetch` hides the code of a network error in its `cause`, so causes are followed. */
export function classify(error: unknown, depth = 0): ErrorClass {
  if (error instanceof UpstreamError) return byStatus(error.status);
  if (error instanceof ZodError || error instanceof SyntaxError) return "malformed_output";
  if (!(error instanceof Error)) return "unknown";
  if (error.name === "TimeoutError") return "timeout";
  const code = "code" in error ? BY_CODE[String(error.code)] : undefined;
  if (code !== undefined) return code;
  return depth < MAX_CAUSES ? classify(error.cause, depth + 1) : "unknown";
}

function byStatus(status: number): ErrorClass {
  if (status === 429) return "rate_limit";
  return status === 408 || status === 504 ? "timeout" : "upstream";
}
