/**
 * Answers an error of the caller with the code of a caller's error. The SDK answers params that do not fit a method's
 * schema, and a URI that is no URL, with -32603, "internal error". It also refuses a `task`, which this server must ignore.
 */
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";

const READ = "resources/read";

interface Request {
  readonly params?: Readonly<Record<string, unknown>>;
}
type Handler = (request: Request, extra: unknown) => unknown;

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
  ignoreTasks(internals);
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
function isUrl({ params: { uri } = {} }: Request): boolean {
  return typeof uri !== "string" || URL.canParse(uri);
}

/** Names the invalid params, two levels deep: deeper keys are chosen by the caller and may hold secrets. */
function invalidParams({ issues }: z.core.$ZodError): McpError {
  const paths = new Set(issues.map(({ path }) => path.slice(0, 2).join(".")));
  return new McpError(ErrorCode.InvalidParams, `Invalid params: see ${[...paths].join(", ")}`);
}

/**
 * Revision 2025-11-25, "Tasks", "Task Support and Handling": a receiver that does not declare the capability processes the
 * request normally.
 */
function ignoreTasks(internals: Internals): void {
  internals.assertTaskHandlerCapability = () => {};
  const { _requestHandlers: handlers } = internals;
  for (const [method, handler] of handlers) {
    handlers.set(method, (request, extra) => {
      if (request.params?.task === undefined) return handler(request, extra);
      const { task: _, ...params } = request.params;
      return handler({ ...request, params }, extra);
    });
  }
}
