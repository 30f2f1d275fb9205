/**
 * Answers params that do not fit a method's schema with -32602, "invalid params". The SDK parses the params before it
 * calls a handler. It answers a parser's error with -32603, "internal error", and the parser's whole report. It answers a URI
 * that is no URL likewise.
 */
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";

type Handler = (request: unknown, extra: unknown) => unknown;

const READ = "resources/read";

/** Call after every handler is registered. The SDK has no public way to do this; see docs/vendor-seams.md. */
export function refuseInvalidParams(server: Server): void {
  const { _requestHandlers: handlers } = server as unknown as { _requestHandlers: Map<string, Handler> };
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
