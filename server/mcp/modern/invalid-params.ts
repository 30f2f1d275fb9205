/**
 * Answers params that do not fit a method's schema with -32602, "invalid params". The SDK does so for `tools/call` only:
 * for other methods it answers with -32603, "internal error", and the parser's whole report.
 */
import { type McpServer, ProtocolError, ProtocolErrorCode, specTypeSchemas } from "@modelcontextprotocol/server";

type Handler = (request: { readonly params?: unknown }, context: unknown) => unknown;

const SCHEMAS = {
  "tools/list": specTypeSchemas.ListToolsRequest,
  "prompts/list": specTypeSchemas.ListPromptsRequest,
  "prompts/get": specTypeSchemas.GetPromptRequest,
  "resources/list": specTypeSchemas.ListResourcesRequest,
  "resources/templates/list": specTypeSchemas.ListResourceTemplatesRequest,
  "resources/read": specTypeSchemas.ReadResourceRequest,
  "completion/complete": specTypeSchemas.CompleteRequest,
} as const;

/** Call after every handler is registered. The SDK has no public way to do this; see docs/vendor-seams.md. */
export function refuseInvalidParams({ server }: McpServer): void {
  const { _requestHandlers: handlers } = server as unknown as { _requestHandlers: Map<string, Handler> };
  for (const [method, schema] of Object.entries(SCHEMAS)) {
    const handler = handlers.get(method);
    if (handler === undefined) continue;
    handlers.set(method, async (request, context) => {
      const checked = await schema["~standard"].validate(request);
      if (checked.issues !== undefined) {
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, "Invalid params: see the schema of this method");
      }
      return handler(request, context);
    });
  }
}
