/** A server on SDK 2 that is not this project's own, as the SDK's documents write it: a server for each request. */
import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { createMcpHandler, McpServer, ProtocolError, ResourceTemplate } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { callerOf, startTelemetry } from "mcp-telemetry";
import { z } from "zod";

const isStdio = process.argv.includes("--stdio");
const telemetry = await startTelemetry({ transport: isStdio ? "stdio" : "http" });
const text = (value: string) => ({ content: [{ type: "text" as const, text: value }] });
const withText = (name: string) => z.object({ [name]: z.string() });

function build(): McpServer {
  const server = new McpServer({ name: "fixture-2", version: "1.0.0" });
  telemetry.instrument(server);
  server.registerTool("echo", { inputSchema: withText("value") }, ({ value }) => text(String(value)));
  server.registerTool("fail", { inputSchema: withText("value") }, ({ value }) => {
    throw new Error(`cannot take ${value}`, { cause: new Error(`'${value}' is no use`) });
  });
  server.registerTool("wait", { inputSchema: z.object({ ms: z.number() }) }, async ({ ms }) => {
    await sleep(ms);
    return text("done");
  });
  server.registerTool("fetch", { inputSchema: withText("url") }, async ({ url }) =>
    text(String((await fetch(String(url))).status)),
  );
  server.registerTool("get", { inputSchema: withText("url") }, async ({ url }) => text(await nodeGet(String(url))));
  server.registerTool("tell", { inputSchema: z.object({}) }, async (_, { mcpReq }) => {
    const { progressToken } = mcpReq._meta ?? {};
    if (progressToken !== undefined) {
      await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress: 1 } });
    }
    return text("told");
  });
  server.registerPrompt("greet", { argsSchema: withText("name") }, ({ name }) => ({
    messages: [{ role: "user", content: { type: "text", text: `hello ${name}` } }],
  }));
  server.registerPrompt("broken", { argsSchema: withText("name") }, ({ name }) => {
    throw new Error(`no ${name} here`);
  });
  server.registerResource("note", new ResourceTemplate("note://store/{id}", { list: undefined }), {}, (uri) => {
    if (uri.pathname === "/gone") throw new ProtocolError(-32002, "Resource not found");
    return { contents: [{ uri: uri.href, text: "a note" }] };
  });
  return server;
}

const nodeGet = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, (response) => {
      response.resume();
      resolve(String(response.statusCode));
    }).on("error", reject);
  });

const toRequest = (request: IncomingMessage, body: unknown, signal: AbortSignal): Request =>
  new Request(`http://${request.headers.host}${request.url}`, {
    method: "POST",
    headers: Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]),
    body: JSON.stringify(body),
    signal,
  });

if (isStdio) {
  serveStdio(build, { legacy: "reject" });
  process.stdin.once("end", () => void telemetry.shutdown().then(() => process.exit(0)));
} else {
  const handler = createMcpHandler(build, { legacy: "reject" });
  const http = createServer(async (request, response) => {
    if (request.method !== "POST") return response.writeHead(405).end();
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const answer = await handler.fetch(toRequest(request, await json(request), gone.signal), {
      authInfo: callerOf(request),
    });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  http.listen(0, "127.0.0.1", () => {
    const { port } = http.address() as AddressInfo;
    telemetry.logger.info({ url: `http://127.0.0.1:${port}/mcp` }, "listening");
  });
  process.once("SIGTERM", () => void telemetry.shutdown().then(() => process.exit(0)));
}
