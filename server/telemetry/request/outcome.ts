/**
 * The outcome of a finished request, determined once, after its response was sent. A request with an error of its caller
 * is `rejected`. A request whose response could not be delivered is `cancelled`. Neither counts as an error.
 */
import { type ErrorClass, type Outcome, TOOL_ERROR } from "../conventions.ts";
import type { Call } from "./call.ts";

interface Verdict {
  readonly outcome: Outcome;
  /** Set exactly when the outcome is `error`. */
  readonly errorType?: string;
  readonly errorClass?: ErrorClass;
  /** The code of a JSON-RPC error, as a string. */
  readonly statusCode?: string;
}

/** A JSON-RPC response, as the transport gets it. */
export interface RpcResponse {
  readonly result?: unknown;
  readonly error?: { readonly code: number };
}

/**
 * Parse error, invalid request, method not found, invalid params, resource not found. Since revision 2026-07-28 also:
 * headers that differ from the body, a missing capability of the client, an unsupported protocol version.
 */
const CALLER_ERRORS: ReadonlySet<number> = new Set([-32700, -32600, -32601, -32602, -32002, -32020, -32021, -32022]);

const INTERNAL_ERROR = -32603;

/** A request of these methods has a handler of the server, which the telemetry sees entered. */
const HANDLED: ReadonlySet<string> = new Set(["tools/call", "prompts/get", "resources/read"]);

/** Sizes and limits of a tool call. */
export interface ToolMeasures {
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly budgetMs: number;
  readonly timeoutMs: number | undefined;
}

/** A finished request: its metrics, its log line and the attributes of its span are made from this. */
export interface FinishedCall {
  readonly call: Call;
  readonly verdict: Verdict;
  readonly durationMs: number;
  /** Only for tools/call. */
  readonly tool?: ToolMeasures;
  /** Only when the span is sampled. */
  readonly traceId: string | undefined;
}

const SUCCESS: Verdict = { outcome: "success" };
const CANCELLED: Verdict = { outcome: "cancelled" };
const REJECTED: Verdict = { outcome: "rejected" };

/** @param response undefined when none was delivered */
export function outcomeOf(call: Call, response: RpcResponse | undefined): Verdict {
  if (response === undefined) return CANCELLED;
  if (response.error !== undefined) return outcomeOfError(call, response.error.code);
  if (call.toolName === undefined || !isErrorResult(response.result)) return SUCCESS;
  switch (call.handler) {
    case "not entered":
    case "rejected the arguments":
      return REJECTED;
    case "returned":
      return { outcome: "error", errorType: TOOL_ERROR, errorClass: "malformed_output" };
    default:
      return { outcome: "error", errorType: TOOL_ERROR, errorClass: call.errorClass ?? "unknown" };
  }
}

function outcomeOfError(call: Call, code: number): Verdict {
  const statusCode = String(code);
  // The SDK has the same code for invalid params and for a handler's invalid result.
  const returned = call.handler === "returned";
  const isCallers = CALLER_ERRORS.has(code) || isRefusedBySdk(call, code);
  if (isCallers && !returned) return { outcome: "rejected", statusCode };
  const errorClass = call.errorClass ?? (returned ? "malformed_output" : "unknown");
  return { outcome: "error", statusCode, errorType: statusCode, errorClass };
}

/**
 * Whether the SDK answered with "internal error" before it called a handler. It does so for a `task` that the server does
 * not offer, in the params of any method, and for a URI that it cannot parse.
 */
function isRefusedBySdk({ handler, method, params: { task } }: Call, code: number): boolean {
  if (code !== INTERNAL_ERROR || handler !== "not entered") return false;
  return HANDLED.has(method) || (typeof task === "object" && task !== null);
}

/** Whether the result of a tool is an error. False for a result that cannot be read, such as a Proxy that throws. */
export function isErrorResult(result: unknown): boolean {
  try {
    return typeof result === "object" && result !== null && "isError" in result && result.isError === true;
  } catch {
    return false;
  }
}
