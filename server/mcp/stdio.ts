/** MCP over stdin and stdout. Nothing but the protocol may be written to stdout. */
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import type { Service } from "../contracts/service.ts";
import type { Telemetry } from "../telemetry/index.ts";

export async function serveStdio(server: McpServer, telemetry: Telemetry): Promise<Service> {
  const transport = new StdioServerTransport();
  let accepting = true;
  // The SDK's transport does not notice the end of stdin.
  const disconnected = new Promise<void>((resolve) => {
    process.stdin.once("end", resolve).once("close", resolve);
  });
  await server.connect(transport);
  return {
    accepting: () => accepting,
    stopAccepting() {
      accepting = false;
      process.stdin.pause();
    },
    pending: () => telemetry.pending(),
    close() {
      telemetry.endSession(transport, process.stdin.readableEnded ? "transport_closed" : "shutdown");
      return transport.close();
    },
    disconnected,
  };
}
