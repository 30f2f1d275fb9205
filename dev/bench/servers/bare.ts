/** (a) The SDK and Express as the SDK's example `simpleStreamableHttp.js` uses them, without its console output. */
import { randomUUID } from "node:crypto";
import { createMcpExpressApp } from "@modelcontextprotocol/sdk/server/express.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { isInitializeRequest } from "@modelcontextprotocol/sdk/types.js";
import type { Request, Response } from "express";
import { benchTools, plainUpstream } from "./tools.ts";

const tools = benchTools(plainUpstream);
const transports = new Map<string, StreamableHTTPServerTransport>();

function getServer(): McpServer {
  const server = new McpServer({ name: "bare", version: "1.0.0" }, { capabilities: { logging: {} } });
  for (const { name, title, description, input, output, annotations, run } of tools) {
    server.registerTool(
      name,
      { title, description, inputSchema: input, outputSchema: output, ...(annotations && { annotations }) },
      async (args, { signal }) => {
        const context = { signal, progress: () => {}, answer: undefined };
        const structuredContent = (await run(args as never, context)) as Record<string, unknown>;
        return { structuredContent, content: [{ type: "text" as const, text: JSON.stringify(structuredContent) }] };
      },
    );
  }
  return server;
}

const post = async (req: Request, res: Response) => {
  const sessionId = req.headers["mcp-session-id"] as string | undefined;
  const known = sessionId === undefined ? undefined : transports.get(sessionId);
  if (known !== undefined) return known.handleRequest(req, res, req.body);
  if (sessionId !== undefined || !isInitializeRequest(req.body)) {
    res.status(400).json({ jsonrpc: "2.0", error: { code: -32000, message: "Bad Request" }, id: null });
    return;
  }
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: (id) => void transports.set(id, transport),
  });
  transport.onclose = () => void transports.delete(transport.sessionId ?? "");
  await getServer().connect(transport as Parameters<McpServer["connect"]>[0]);
  await transport.handleRequest(req, res, req.body);
};

const getOrDelete = async (req: Request, res: Response) => {
  const transport = transports.get(String(req.headers["mcp-session-id"]));
  if (transport === undefined) res.status(400).send("Invalid or missing session ID");
  else await transport.handleRequest(req, res);
};

const app = createMcpExpressApp();
app.post("/mcp", post);
app.get("/mcp", getOrDelete);
app.delete("/mcp", getOrDelete);
app.listen(Number(process.env.MCP_PORT), "127.0.0.1");
process.once("SIGTERM", () => process.exit(0));
