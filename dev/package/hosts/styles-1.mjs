// A server on SDK 1.x that knows nothing of the telemetry: every way to register, over stdio or HTTP.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { SSEServerTransport } from "@modelcontextprotocol/sdk/server/sse.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";

const text = (value) => ({ content: [{ type: "text", text: value }] });
const fail = ({ value }) => {
  throw new Error(`cannot take ${value}`);
};

function highLevel() {
  const server = new McpServer({ name: "styles", version: "1.0.0" });
  server.tool("by_tool", { value: z.string() }, fail);
  server.tool("updated", { value: z.string() }, ({ value }) => text(value)).update({ callback: fail });
  server.registerTool?.("registered", { inputSchema: { value: z.string() } }, fail);
  server.prompt("prompt", { value: z.string() }, fail);
  server.resource("note", new ResourceTemplate("note://{value}", { list: undefined }), (_uri, variables) =>
    fail(variables),
  );
  return server;
}

function lowLevel() {
  const server = new Server({ name: "styles", version: "1.0.0" }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [{ name: "low_level", inputSchema: { type: "object" } }],
  }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => fail(params.arguments));
  return server;
}

const build = process.argv.includes("--low-level") ? lowLevel : highLevel;

const HTTP = {
  async stateful(open, request, response) {
    let transport = open.get(request.headers["mcp-session-id"]);
    if (transport === undefined) {
      const opened = new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (id) => open.set(id, opened),
      });
      await build().connect(opened);
      transport = opened;
    }
    await transport.handleRequest(request, response);
  },
  async stateless(_open, request, response) {
    const server = build();
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    response.on("close", () => void server.close());
    // Not awaited, as in many programs.
    server.connect(transport);
    await transport.handleRequest(request, response);
  },
  async sse(open, request, response) {
    if (request.method === "GET") {
      const transport = new SSEServerTransport("/messages", response);
      open.set(transport.sessionId, transport);
      await build().connect(transport);
    } else
      await open
        .get(new URL(request.url, "http://localhost").searchParams.get("sessionId"))
        .handlePostMessage(request, response);
  },
};

const kind = Object.keys(HTTP).find((name) => process.argv.includes(`--${name}`));
if (kind === undefined) build().connect(new StdioServerTransport());
else {
  const open = new Map();
  const http = createServer((request, response) => void HTTP[kind](open, request, response));
  http.listen(0, "127.0.0.1", () => process.stderr.write(`listening at http://127.0.0.1:${http.address().port}/\n`));
}
