/**
 * Answers params that do not fit a method's schema with -32602, "invalid params". The SDK parses the params before it
 * calls a handler. It answers a parser's error with -32603, "internal error", and the parser's whole report.
 */
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";

type Handler = (request: unknown, extra: unknown) => unknown;

/** Call after every handler is registered. The SDK has no public way to do this; see docs/vendor-seams.md. */
export function refuseInvalidParams(server: Server): void {
  const { _requestHandlers: handlers } = server as unknown as { _requestHandlers: Map<string, Handler> };
  for (const [method, handler] of handlers) {
    handlers.set(method, (request, extra) => {
      try {
        return handler(request, extra);
      } catch (error) {
        throw error instanceof z.core.$ZodError ? invalidParams(error) : error;
      }
    });
  }
}

/** Names the invalid params, two levels deep: deeper keys are chosen by the caller and may hold secrets. */
function invalidParams({ issues }: z.core.$ZodError): McpError {
  const paths = new Set(issues.map(({ path }) => path.slice(0, 2).join(".")));
  return new McpError(ErrorCode.InvalidParams, `Invalid params: see ${[...paths].join(", ")}`);
}
