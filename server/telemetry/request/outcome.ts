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

/** Parse error, invalid request, method not found, invalid params, resource not found. */
const CALLER_ERRORS: ReadonlySet<number> = new Set([-32700, -32600, -32601, -32602, -32002]);

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
  if (CALLER_ERRORS.has(code)) return { outcome: "rejected", statusCode };
  return { outcome: "error", statusCode, errorType: statusCode, errorClass: call.errorClass ?? "unknown" };
}

/** Whether the result of a tool is an error. */
export const isErrorResult = (result: unknown): boolean =>
  typeof result === "object" && result !== null && "isError" in result && result.isError === true;
