/** (h) The bare SDK 2 and Express, as in the examples of that SDK: a server for each request. */
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import express, { type Request, type Response } from "express";
import { z } from "zod";
import { benchTools, plainUpstream } from "./tools.ts";

const tools = benchTools(plainUpstream).map((tool) => ({
  tool,
  inputSchema: z.object(tool.input),
  outputSchema: z.object(tool.output),
}));

const handler = createMcpHandler(
  () => {
    const server = new McpServer({ name: "bare", version: "1.0.0" });
    for (const { tool, inputSchema, outputSchema } of tools) {
      const { name, title, description, annotations, run } = tool;
      server.registerTool(
        name,
        { title, description, inputSchema, outputSchema, ...(annotations && { annotations }) },
        async (args, { mcpReq: { signal } }) => {
          const structuredContent = (await run(args as never, {
            signal,
            progress: () => {},
            answer: undefined,
          })) as Record<string, unknown>;
          return { structuredContent, content: [{ type: "text" as const, text: JSON.stringify(structuredContent) }] };
        },
      );
    }
    return server;
  },
  { legacy: "reject" },
);

/** What `toNodeHandler` of `@modelcontextprotocol/node` does with a body that Express has parsed. */
const post = async (req: Request, res: Response) => {
  const headers = Object.entries(req.headers).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] as [string, string]] : [],
  );
  const abort = new AbortController();
  res.once("close", () => abort.abort());
  const request = new globalThis.Request(`http://${req.headers.host}${req.originalUrl}`, {
    method: "POST",
    headers,
    body: JSON.stringify(req.body),
    signal: abort.signal,
  });
  const answer = await handler.fetch(request, { parsedBody: req.body });
  res.writeHead(answer.status, Object.fromEntries(answer.headers));
  res.end(Buffer.from(await answer.arrayBuffer()));
};

express().use(express.json()).post("/mcp", post).listen(Number(process.env.MCP_PORT), "127.0.0.1");
process.once("SIGTERM", () => process.exit(0));
