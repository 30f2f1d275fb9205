/** A low-level Server that its author instruments, and a McpServer on whose Server the author sets a handler. */
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { startTelemetry } from "mcp-telemetry";

const telemetry = await startTelemetry({ transport: "stdio" });
const info = { name: "low", version: "1.0.0" };
const fail = ({ params }: { params: { arguments?: Record<string, unknown> | undefined } }) => {
  throw new Error(`cannot take ${params.arguments?.value}`);
};

if (process.argv.includes("--overridden")) {
  const server = new McpServer(info);
  telemetry.instrument(server);
  server.registerTool("fail", {}, () => ({ content: [] }));
  server.server.setRequestHandler(CallToolRequestSchema, fail);
  await server.connect(new StdioServerTransport());
} else {
  const server = new Server(info, { capabilities: { tools: {} } });
  telemetry.instrument(server);
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [{ name: "fail", inputSchema: { type: "object" } }],
  }));
  server.setRequestHandler(CallToolRequestSchema, fail);
  await server.connect(new StdioServerTransport());
}
