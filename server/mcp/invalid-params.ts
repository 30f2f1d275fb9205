/**
 * Parameters that do not fit a method's schema are the caller's fault, -32602. The SDK parses them in front of each
 * method's handler and answers what that throws as its own fault, -32603, with the parser's whole report.
 */
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";

type Handler = (request: unknown, extra: unknown) => unknown;

/** Call when every handler is registered. The SDK has no public way to the parsing in front of a handler. */
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

/** Names what does not fit by the schema's own names: two levels down, keys are the caller's. */
function invalidParams({ issues }: z.core.$ZodError): McpError {
  const places = new Set(issues.map(({ path }) => path.slice(0, 2).join(".")));
  return new McpError(ErrorCode.InvalidParams, `Invalid params: see ${[...places].join(", ")}`);
}
