/**
 * The outcome of a finished request, determined once, after its response was sent. A request with an error of its caller
 * is `rejected`. A request whose response could not be delivered is `cancelled`. Neither counts as an error.
 */
import { type CallerFault, type ErrorClass, OTHER, type Outcome, TOOL_ERROR } from "../conventions.ts";
import type { Call } from "./call.ts";

interface Verdict {
  readonly outcome: Outcome;
  /** Set exactly when the outcome is `error`. */
  readonly errorType?: string;
  readonly errorClass?: ErrorClass;
  /** Set exactly when the outcome is `rejected`. */
  readonly fault?: CallerFault;
  /** The code of a JSON-RPC error, as a string. */
  readonly statusCode?: string;
}

/** A JSON-RPC response, as the transport gets it. */
export interface RpcResponse {
  readonly result?: unknown;
  readonly error?: RpcError;
}

interface RpcError {
  readonly code: number;
  readonly message?: unknown;
}

/**
 * The codes of JSON-RPC errors that are the caller's fault. -32700 is a parse error. The last three came with revision
 * 2026-07-28: headers that differ from the body, a missing capability of the client, an unsupported protocol version.
 */
const CALLER_ERRORS: ReadonlyMap<number, CallerFault> = new Map([
  [-32700, "invalid_request"],
  [-32600, "invalid_request"],
  [-32601, "unknown_method"],
  [-32602, "invalid_params"],
  [-32002, "unknown_resource"],
  [-32020, "invalid_request"],
  [-32021, "missing_capability"],
  [-32022, "unsupported_version"],
]);

/** Whether an error with this code is the fault of the caller, and not of whoever answered. */
export const isCallerError = (code: number): boolean => CALLER_ERRORS.has(code);

const INTERNAL_ERROR = -32603;

/** A request of these methods has a handler of the server, which the telemetry sees entered. */
export const HANDLED: ReadonlySet<string> = new Set(["tools/call", "prompts/get", "resources/read"]);

/** In bytes of JSON. */
export interface Sizes {
  /** Of the arguments. */
  readonly inputBytes: number;
  /** Of the result. */
  readonly outputBytes: number;
}

/** Sizes and limits of a tool call. */
export interface ToolMeasures extends Sizes {
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
  /** Only for tools/call, prompts/get and resources/read. */
  readonly sizes?: Sizes;
  /** Only when the span is sampled. */
  readonly traceId: string | undefined;
}

const SUCCESS: Verdict = { outcome: "success" };
const CANCELLED: Verdict = { outcome: "cancelled" };

/** @param response undefined when none was delivered */
export function outcomeOf(call: Call, response: RpcResponse | undefined): Verdict {
  if (response === undefined) return CANCELLED;
  if (response.error !== undefined) return outcomeOfError(call, response.error);
  if (call.toolName === undefined || !isErrorResult(response.result)) return SUCCESS;
  switch (call.handler) {
    case "not entered":
      return { outcome: "rejected", fault: call.toolName === OTHER ? "unknown_tool" : "invalid_arguments" };
    case "rejected the arguments":
      return { outcome: "rejected", fault: "refused_by_handler" };
    case "returned":
      return { outcome: "error", errorType: TOOL_ERROR, errorClass: "malformed_output" };
    default:
      return { outcome: "error", errorType: TOOL_ERROR, errorClass: call.errorClass ?? "unknown" };
  }
}

function outcomeOfError(call: Call, error: RpcError): Verdict {
  const { code } = error;
  const statusCode = String(code);
  // The SDK has the same code for invalid params and for a handler's invalid result.
  const returned = call.handler === "returned";
  const fault = code === INTERNAL_ERROR ? faultBeforeHandler(call, error.message) : faultOfCode(call, code);
  if (fault !== undefined && !returned) return { outcome: "rejected", statusCode, fault };
  const errorClass = call.errorClass ?? (returned ? "malformed_output" : "unknown");
  return { outcome: "error", statusCode, errorType: statusCode, errorClass };
}

/** The SDK's answer to params that do not fit a method's schema is the report of its parser. */
const REPORT_ON_PARAMS = /"path":\s*\[\s*"params"/;

/**
 * Why the SDK answered with "internal error" before it called a handler: for params that do not fit or a `task` that the
 * server does not offer, both in any method, or for a URI that it cannot parse. Undefined when it called the handler.
 */
function faultBeforeHandler(
  { handler, method, toolName, params: { name, task } }: Call,
  message: unknown,
): CallerFault | undefined {
  if (handler !== "not entered") return undefined;
  if (typeof task === "object" && task !== null) return "unsupported_task";
  if (toolName === OTHER && typeof name === "string") return "unknown_tool";
  if (HANDLED.has(method)) return "invalid_params";
  return typeof message === "string" && REPORT_ON_PARAMS.test(message) ? "invalid_params" : undefined;
}

/** The SDK has one code for params that do not fit the schema, and for a name that is not registered. */
function faultOfCode(call: Call, code: number): CallerFault | undefined {
  const fault = CALLER_ERRORS.get(code);
  if (fault !== "invalid_params") return fault;
  if (call.handler !== "not entered") return "refused_by_handler";
  const { params, toolName, promptName, resourceUri } = call;
  if (resourceUri === OTHER && typeof params.uri === "string") return "unknown_resource";
  if (typeof params.name !== "string") return fault;
  if (toolName === OTHER) return "unknown_tool";
  if (promptName === undefined) return fault;
  return promptName === OTHER ? "unknown_prompt" : "invalid_arguments";
}

/** Whether the result of a tool is an error. False for a result that cannot be read, such as a Proxy that throws. */
export function isErrorResult(result: unknown): boolean {
  try {
    return typeof result === "object" && result !== null && "isError" in result && result.isError === true;
  } catch {
    return false;
  }
}
