/** Serves MCP over stdin and stdout. Nothing but the protocol may be written to stdout. */
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { Telemetry } from "mcp-telemetry";
import type { Service } from "../contracts/service.ts";
import type { ModernServer } from "./modern/server.ts";
import { modernStdio } from "./modern/stdio.ts";
import { StdioTransport } from "./stdio-transport.ts";

/** @param limit most bytes of one message */
export async function serveStdio(
  server: McpServer,
  modern: ModernServer,
  telemetry: Telemetry,
  limit: number,
): Promise<Service> {
  let accepting = true;
  let gone = false;
  const { promise: disconnected, resolve } = Promise.withResolvers<void>();
  const transport = new StdioTransport({
    limit,
    refused: telemetry.unreadable,
    disconnected() {
      gone = true;
      // The SDK reports each answer that it can no longer send. That is the client's departure, not an error.
      server.server.onerror = () => {};
      resolve();
    },
  });
  transport.takeModern = modernStdio(modern, transport);
  await server.connect(transport);
  return {
    accepting: () => accepting,
    stopAccepting() {
      accepting = false;
      modern.subscriptions.endAll();
      process.stdin.pause();
    },
    pending: () => telemetry.pending(),
    close() {
      telemetry.endSession(transport, gone ? "transport_closed" : "shutdown");
      return transport.close();
    },
    disconnected,
  };
}
