/** Why a step failed: maps every thrown error to one reason of the closed set. */
import { ProtocolError } from "@modelcontextprotocol/client";
import { McpError } from "@modelcontextprotocol/sdk/types.js";
import { describeError } from "mcp-telemetry";
import type { ProbeReason } from "mcp-telemetry/conventions";

/** The message never contains a response body of the target: it may be long or confidential. */
export class ProbeFailure extends Error {
  override name = "ProbeFailure";
  readonly reason: ProbeReason;

  constructor(reason: ProbeReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

export function asFailure(error: unknown): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  if (error instanceof McpError || error instanceof ProtocolError)
    return new ProbeFailure("rpc_error", `JSON-RPC error ${error.code}`);
  const code = codeOf(error);
  return new ProbeFailure(reasonOf(code), code === "" ? describeError(error).message : code);
}

/** The error code, also from the cause: `fetch` puts the socket's error there. */
function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return "cause" in error ? codeOf(error.cause) : "";
}

/** By error code. An unreachable network counts as `refused`. A code that is not listed counts as `protocol`. */
const REASONS: readonly (readonly [RegExp, ProbeReason])[] = [
  [/^(ENOTFOUND|EAI_\w+)$/, "dns"],
  [/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, "refused"],
  [/^(ETIMEDOUT|UND_ERR_\w*TIMEOUT)$/, "timeout"],
  [/^(EPROTO|ERR_SSL_|ERR_TLS_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_)/, "tls"],
];

const reasonOf = (code: string): ProbeReason => REASONS.find(([pattern]) => pattern.test(code))?.[1] ?? "protocol";
