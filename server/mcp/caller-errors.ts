/**
 * Answers an error of the caller with the code of a caller's error. The SDK answers params that do not fit a method's
 * schema, a URI that is no URL, and a `task` that the server does not offer, with -32603, "internal error".
 */
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";

const READ = "resources/read";

type Handler = (request: unknown, extra: unknown) => unknown;

/** The members of a Server that are not public; see docs/vendor-seams.md. */
interface Internals {
  readonly _requestHandlers: Map<string, Handler>;
  /** Throws when a request that has a `task` is not offered as a task. */
  assertTaskHandlerCapability(method: string): void;
}

/** Call after every handler is registered. */
export function answerCallerErrors(server: Server): void {
  const internals = server as unknown as Internals;
  refuseInvalidParams(internals);
  refuseTasks(internals);
}

/** The code is -32602, "invalid params". The SDK's own answer also has the parser's whole report. */
function refuseInvalidParams({ _requestHandlers: handlers }: Internals): void {
  for (const [method, handler] of handlers) {
    handlers.set(method, (request, extra) => {
      if (method === READ && !isUrl(request))
        throw new McpError(ErrorCode.InvalidParams, "Invalid params: see params.uri");
      try {
        return handler(request, extra);
      } catch (error) {
        throw error instanceof z.core.$ZodError ? invalidParams(error) : error;
      }
    });
  }
}

/** True for what is no text: the schema of the method refuses it. */
function isUrl(request: unknown): boolean {
  const { uri } = (request as { params?: { uri?: unknown } }).params ?? {};
  return typeof uri !== "string" || URL.canParse(uri);
}

/** Names the invalid params, two levels deep: deeper keys are chosen by the caller and may hold secrets. */
function invalidParams({ issues }: z.core.$ZodError): McpError {
  const paths = new Set(issues.map(({ path }) => path.slice(0, 2).join(".")));
  return new McpError(ErrorCode.InvalidParams, `Invalid params: see ${[...paths].join(", ")}`);
}

/** The code is -32601, as revision 2025-11-25 says in "Tasks", "Tool-Level Negotiation". */
function refuseTasks(internals: Internals): void {
  const check = internals.assertTaskHandlerCapability.bind(internals);
  internals.assertTaskHandlerCapability = (method) => {
    try {
      check(method);
    } catch {
      throw new McpError(ErrorCode.MethodNotFound, `${method} does not support tasks: send it without params.task`);
    }
  };
}
