/** The fixture of SDK 1.x on that SDK and Express alone, as the SDK's documents write it. */
import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { InMemoryEventStore } from "@modelcontextprotocol/sdk/examples/shared/inMemoryEventStore.js";
import { createMcpExpressApp } from "@modelcontextprotocol/sdk/server/express.js";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { isInitializeRequest } from "@modelcontextprotocol/sdk/types.js";
import { fixtureServer } from "../fixture/sessions/server.ts";

const RETRY_MS = 500;
const transports = new Map<string, StreamableHTTPServerTransport>();

async function open(): Promise<StreamableHTTPServerTransport> {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    eventStore: new InMemoryEventStore(),
    retryInterval: RETRY_MS,
    onsessioninitialized: (id) => void transports.set(id, transport),
    onsessionclosed: (id) => void transports.delete(id),
  });
  await fixtureServer().connect(transport as Parameters<McpServer["connect"]>[0]);
  return transport;
}

const app = createMcpExpressApp();
app.all("/mcp", async (request, response) => {
  const id = request.get("mcp-session-id");
  const opens = id === undefined && isInitializeRequest(request.body);
  const transport = opens ? await open() : transports.get(id ?? "");
  if (transport !== undefined) {
    await transport.handleRequest(request, response, request.body);
    return;
  }
  const error = { code: -32000, message: "Invalid or missing session ID" };
  response.status(id === undefined ? 400 : 404).json({ jsonrpc: "2.0", error, id: null });
});
const server = app.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ msg: "listening", url: `http://127.0.0.1:${port}/mcp` }));
});
