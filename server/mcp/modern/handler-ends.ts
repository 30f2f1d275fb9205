/**
 * Tells when a handler has ended. The SDK does not tell of a handler whose request was cancelled: it goes on, and its
 * result is not sent. The SDK has no public way to do this; see docs/vendor-seams.md.
 */
import type { McpServer, RequestId, ServerContext } from "@modelcontextprotocol/server";

type Handler = (request: unknown, context: ServerContext) => unknown;

/** Call after every handler is registered. */
export function onHandlerEnd({ server }: McpServer, ended: (id: RequestId) => void): void {
  const { _requestHandlers: handlers } = server as unknown as { _requestHandlers: Map<string, Handler> };
  for (const [method, handler] of handlers) {
    handlers.set(method, async (request, context) => {
      try {
        return await handler(request, context);
      } finally {
        ended(context.mcpReq.id);
      }
    });
  }
}
