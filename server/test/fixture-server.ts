/** A server that is not this project's own: prompts, resources, a tool that asks its client, tools that fail. */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { McpError } from "@modelcontextprotocol/sdk/types.js";
import { callerOf, startTelemetry } from "mcp-telemetry";
import { z } from "zod";

const telemetry = await startTelemetry({ transport: process.argv.includes("--stdio") ? "stdio" : "http" });
const text = (value: string) => ({ content: [{ type: "text" as const, text: value }] });

const built: McpServer[] = [];
/** Outside of any request. */
process.on("SIGUSR2", () => {
  for (const server of built) if (server.isConnected()) server.sendToolListChanged();
});

function build(): McpServer {
  const server = new McpServer({ name: "fixture", version: "1.0.0" });
  built.push(server);
  telemetry.instrument(server);
  server.registerTool("echo", { inputSchema: { value: z.string() } }, ({ value }) => text(value));
  server.registerTool("fail", { inputSchema: { value: z.string() } }, ({ value }) => {
    throw new Error(`cannot take ${value}`, { cause: new Error(`'${value}' is no use`) });
  });
  server.registerTool("bare", { annotations: { readOnlyHint: true } }, () => text("no schema"));
  server.registerTool("admit", { inputSchema: {} }, () => ({ ...text("could not"), isError: true }));
  server.registerTool("say", { inputSchema: { base64: z.string() } }, ({ base64 }) => {
    const said = Buffer.from(base64, "base64").toString();
    telemetry.logger.warn({ [said]: said }, said);
    throw new Error(said);
  });
  server.registerTool("wait", { inputSchema: { ms: z.number() } }, async ({ ms }) => {
    await sleep(ms);
    return text("done");
  });
  server.registerTool("fetch", { inputSchema: { url: z.string() } }, async ({ url }) => {
    const response = await fetch(url);
    return text(String(response.status));
  });
  server.registerTool("get", { inputSchema: { url: z.string() } }, async ({ url }) => text(await nodeGet(url)));
  server.registerTool("ask", { inputSchema: {} }, async () => {
    const message = { role: "user" as const, content: { type: "text" as const, text: "?" } };
    const answer = await server.server.createMessage({ messages: [message], maxTokens: 1 });
    return text(answer.model);
  });
  server.registerTool(
    "tell",
    { inputSchema: { steps: z.number() } },
    async ({ steps }, { _meta, sendNotification }) => {
      const { progressToken } = _meta ?? {};
      for (let progress = 1; progressToken !== undefined && progress <= steps; progress += 1) {
        await sendNotification({ method: "notifications/progress", params: { progressToken, progress } });
      }
      await server.server.sendResourceUpdated({ uri: "note://fixed" });
      await server.server.sendResourceUpdated({ uri: "note://store/1" });
      return text("told");
    },
  );
  server.registerPrompt("greet", { argsSchema: { name: z.string() } }, ({ name }) => ({
    messages: [{ role: "user", content: { type: "text", text: `hello ${name}` } }],
  }));
  server.registerPrompt("broken", { argsSchema: { name: z.string() } }, ({ name }) => {
    if (name === "refused") throw new McpError(-32602, "not this one");
    throw new Error(`no ${name} here`);
  });
  const notes = new ResourceTemplate("note://store/{id}", { list: undefined });
  server.registerResource("note", notes, {}, (uri) => {
    if (uri.pathname === "/gone") throw new McpError(-32002, "Resource not found");
    return { contents: [{ uri: uri.href, text: "a note" }] };
  });
  server.registerResource("fixed", "note://fixed", {}, (uri) => ({ contents: [{ uri: uri.href, text: "a note" }] }));
  return server;
}

async function nodeGet(url: string): Promise<string> {
  const { get } = await import("node:http");
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      response.resume();
      resolve(String(response.statusCode));
    }).on("error", reject);
  });
}

if (process.argv.includes("--stdio")) {
  await build().connect(new StdioServerTransport());
  process.stdin.once("end", () => void telemetry.shutdown().then(() => process.exit(0)));
} else {
  const open = new Map<string, StreamableHTTPServerTransport>();
  const http = createServer(async (request, response) => {
    const known = open.get(String(request.headers["mcp-session-id"]));
    const transport =
      known ??
      new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (id) => {
          open.set(id, transport);
        },
      });
    if (known === undefined) await build().connect(transport as Transport);
    await transport.handleRequest(Object.assign(request, { auth: callerOf(request) }), response);
  });
  http.listen(0, "127.0.0.1", () => {
    const { port } = http.address() as AddressInfo;
    telemetry.logger.info({ url: `http://127.0.0.1:${port}/mcp` }, "listening");
  });
  process.once("SIGTERM", () => void telemetry.shutdown().then(() => process.exit(0)));
}
