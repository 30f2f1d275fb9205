/**
 * Tells a session's transport when the handlers end. The SDK does not tell of a handler whose request was cancelled: it
 * goes on, and its result is not sent. The SDK has no public way to do this; see docs/vendor-seams.md.
 */
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { RequestId } from "@modelcontextprotocol/sdk/types.js";
import type { SessionTransport } from "./session-transport.ts";

type Handler = (request: unknown, extra: { readonly requestId: RequestId }) => unknown;

/** Call after every handler is registered. */
export function reportHandlers({ server }: McpServer, transport: SessionTransport): void {
  const { _requestHandlers: handlers } = server as unknown as { _requestHandlers: Map<string, Handler> };
  for (const [method, handler] of handlers) {
    handlers.set(method, (request, extra) => {
      const result = handler(request, extra);
      transport.handling(extra.requestId, Promise.resolve(result));
      return result;
    });
  }
}
