/** Makes an SDK server for each session. All servers share the tools and their pipelines. */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { Telemetry } from "../telemetry/index.ts";
import { SafeError } from "../telemetry/safe-error.ts";
import { refuseInvalidParams } from "./invalid-params.ts";
import type { Prepared } from "./prepared.ts";

export interface ServerInfo {
  readonly name: string;
  readonly version: string;
}

/** @returns a function that makes an instrumented server with all tools, not yet connected */
export function serverFactory(
  { name, version }: ServerInfo,
  { tools }: Prepared,
  telemetry: Telemetry,
): () => McpServer {
  return () => {
    const server = new McpServer({ name, version }, { capabilities: { logging: {} } });
    telemetry.instrument(server);
    server.server.onerror = (error) => telemetry.logger.warn({ err: inOwnWords(error) }, "the SDK reported an error");
    for (const tool of tools) {
      server.registerTool(
        tool.name,
        tool.config,
        (args: Record<string, unknown>, { signal }: { signal: AbortSignal }) => tool.run(server, args, signal),
      );
    }
    refuseInvalidParams(server.server);
    return server;
  };
}

/** The SDK's own words end at the first colon. What follows may repeat the caller's message. */
function inOwnWords({ name, message, stack }: Error): Error {
  return Object.assign(new SafeError(message.split(":", 1)[0]), { name, ...(stack && { stack }) });
}
