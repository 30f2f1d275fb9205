/** MCP over stdin and stdout. Stdout is the protocol, so nothing else may write there. */
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import type { Service } from "../contracts/service.ts";
import type { Telemetry } from "../telemetry/index.ts";

export async function serveStdio(server: McpServer, telemetry: Telemetry): Promise<Service> {
  const transport = new StdioServerTransport();
  let accepting = true;
  // The SDK's transport does not notice the end of stdin.
  const abandoned = new Promise<void>((resolve) => {
    process.stdin.once("end", resolve).once("close", resolve);
  });
  await server.connect(transport);
  return {
    accepting: () => accepting,
    stopAccepting() {
      accepting = false;
      process.stdin.pause();
    },
    owed: () => telemetry.pending(),
    close() {
      telemetry.sessionEnds(transport, process.stdin.readableEnded ? "transport_closed" : "shutdown");
      return transport.close();
    },
    abandoned,
  };
}
