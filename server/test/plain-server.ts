/** A server over stdio without telemetry, as others write it. */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";

const text = (value: string) => ({ content: [{ type: "text" as const, text: value }] });
const server = new McpServer({ name: "plain", version: "1.0.0" });
server.registerTool("echo", { inputSchema: { value: z.string() }, annotations: { readOnlyHint: true } }, ({ value }) =>
  text(value),
);
server.registerTool("meta", {}, ({ _meta }) => text(JSON.stringify(_meta ?? null)));
server.registerTool("fail", { inputSchema: { value: z.string() } }, ({ value }) => {
  throw new Error(`cannot take ${value}`);
});
server.registerTool("ask", {}, async () => {
  const { model } = await server.server.createMessage({ messages: [], maxTokens: 1 });
  return text(model);
});
server.registerTool("crash", {}, () => process.exit(3));
server.registerPrompt("greet", { argsSchema: { name: z.string() } }, ({ name }) => ({
  messages: [{ role: "user", content: { type: "text", text: `hello ${name}` } }],
}));
await server.connect(new StdioServerTransport());
