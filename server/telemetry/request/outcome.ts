/**
 * How a finished request is judged, once, after its answer was sent. A caller's fault is `rejected`, not an
 * error; a call whose answer nobody takes is `cancelled`, not failed.
 */
import { type ErrorClass, type Outcome, TOOL_ERROR } from "../conventions.ts";
import type { Call } from "./call.ts";

export interface Verdict {
  readonly outcome: Outcome;
  /** Set exactly when the outcome is `error`. */
  readonly errorType?: string;
  readonly errorClass?: ErrorClass;
  /** The code of a JSON-RPC error, as a string. */
  readonly statusCode?: string;
}

/** The answer as the transport sees it. */
export interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: number };
}

/** Parse error, invalid request, method not found, invalid params, resource not found. */
const CALLER_FAULTS: ReadonlySet<number> = new Set([-32700, -32600, -32601, -32602, -32002]);

const SUCCESS: Verdict = { outcome: "success" };
const CANCELLED: Verdict = { outcome: "cancelled" };
const REJECTED: Verdict = { outcome: "rejected" };

/** @param answer what was delivered; undefined when nothing was: cancelled by the client, or undeliverable */
export function judge(call: Call, answer: Answer | undefined): Verdict {
  if (answer === undefined) return CANCELLED;
  if (answer.error !== undefined) return judgeError(call, answer.error.code);
  if (call.toolName === undefined || !isErrorResult(answer.result)) return SUCCESS;
  switch (call.handler) {
    case "not entered":
      return REJECTED;
    case "returned":
      return { outcome: "error", errorType: TOOL_ERROR, errorClass: "malformed_output" };
    default:
      return { outcome: "error", errorType: TOOL_ERROR, errorClass: call.errorClass ?? "unknown" };
  }
}

function judgeError(call: Call, code: number): Verdict {
  const statusCode = String(code);
  if (CALLER_FAULTS.has(code)) return { outcome: "rejected", statusCode };
  return { outcome: "error", statusCode, errorType: statusCode, errorClass: call.errorClass ?? "unknown" };
}

/** Whether a tool answered with an error. */
export const isErrorResult = (result: unknown): boolean =>
  typeof result === "object" && result !== null && "isError" in result && result.isError === true;
