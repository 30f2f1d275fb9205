/** The seams of `@modelcontextprotocol/server` and `@modelcontextprotocol/client`, the SDK 2. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, InMemoryTransport as ClientSide } from "@modelcontextprotocol/client";
import {
  type JSONRPCMessage,
  McpServer,
  type MessageExtraInfo,
  PerRequestHTTPServerTransport,
  type Transport,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { until } from "../../../test/support/wait.ts";
import { placesIn } from "./constructions.ts";
import { seam } from "./seam.ts";

const CLASSIFICATION = { era: "modern", revision: "2026-07-28" } as const;
const META = "io.modelcontextprotocol/";
const request = (id: number, method: string, params: object = {}): JSONRPCMessage => ({
  jsonrpc: "2.0",
  id,
  method,
  params: {
    ...params,
    _meta: {
      [`${META}protocolVersion`]: "2026-07-28",
      [`${META}clientInfo`]: { name: `client ${id}`, version: "1" },
      [`${META}clientCapabilities`]: {},
    },
  },
});

function newServer(): McpServer {
  const server = new McpServer({ name: "seam", version: "1" }, { supportedProtocolVersions: ["2026-07-28"] });
  server.registerTool("wait", { inputSchema: z.object({}) }, async (_args, { mcpReq }) => {
    await new Promise((resolve) => mcpReq.signal.addEventListener("abort", resolve));
    return { content: [] };
  });
  return server;
}

class Kept extends PerRequestHTTPServerTransport {
  readonly sent: JSONRPCMessage[] = [];
  constructor() {
    super({ classification: CLASSIFICATION });
  }
  override async send(message: JSONRPCMessage): Promise<void> {
    this.sent.push(message);
  }
  receive(message: JSONRPCMessage): void {
    this.onmessage?.(message, { classification: CLASSIFICATION } satisfies MessageExtraInfo);
  }
}

seam("A server connected to a subclass of PerRequestHTTPServerTransport serves many messages, and keeps no client", {
  real: newServer,
  changed: () => Object.assign(newServer(), { connect: async (transport: Transport) => transport.start() }),
  async check(server) {
    const transport = new Kept();
    await server.connect(transport);
    transport.receive(request(1, "tools/call", { name: "wait", arguments: {} }));
    transport.receive(request(2, "server/discover"));
    transport.receive(request(3, "tools/list"));
    transport.receive({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
    await until(() => transport.sent.length === 2, "two answers; the cancelled request has none", 2000);
    assert.deepEqual(transport.sent.map((message) => ("result" in message ? message.id : message)).sort(), [2, 3]);
    assert.equal(server.server.getClientVersion(), undefined);
    assert.equal(server.server.getClientCapabilities(), undefined);
  },
});

seam("A Server of SDK 2 keeps its request handlers in the Map `_requestHandlers`, and answers bad params with -32603", {
  real: newServer,
  changed: () => {
    const server = newServer();
    Object.assign(server.server, { _requestHandlers: new Map() });
    return server;
  },
  async check(server) {
    const transport = new Kept();
    await server.connect(transport);
    transport.receive(request(1, "tools/list", { cursor: 1 }));
    await until(() => transport.sent.length === 1, "an answer", 2000);
    const [answer] = transport.sent;
    assert.equal(answer && "error" in answer && answer.error.code, -32603);
  },
});

seam("A McpServer of SDK 2 reads `executor` of a tool and `readCallback` of a resource at the call", {
  real: newServer,
  changed: () => {
    const server = newServer();
    const register = server.registerTool.bind(server);
    return Object.assign(server, {
      registerTool: (...args: Parameters<typeof register>) => ({ ...register(...args) }),
    });
  },
  async check(server) {
    const called: string[] = [];
    const tool = server.registerTool("tool", { inputSchema: z.object({}) }, () => ({ content: [] }));
    const { executor } = tool as unknown as { executor: (...args: unknown[]) => Promise<unknown> };
    const seen = (...args: unknown[]) => {
      called.push("tool");
      return executor(...args);
    };
    Object.assign(tool, { executor: seen });
    const resource = server.registerResource("resource", "note://one", {}, () => ({ contents: [] }));
    resource.readCallback = () => {
      called.push("resource");
      return { contents: [] };
    };
    const transport = new Kept();
    await server.connect(transport);
    transport.receive(request(1, "tools/call", { name: "tool", arguments: {} }));
    transport.receive(request(2, "resources/read", { uri: "note://one" }));
    await until(() => transport.sent.length === 2, "two answers", 2000);
    assert.deepEqual(called.sort(), ["resource", "tool"]);
  },
});

/** The files of the SDK, in one of its builds. */
function constructing(build: "mjs" | "cjs"): readonly string[] {
  const folder = fileURLToPath(new URL(".", import.meta.resolve("@modelcontextprotocol/server")));
  const names = readdirSync(folder).filter((name) => name.endsWith(`.${build}`));
  return names.map((name) => placesIn(readFileSync(join(folder, name), "utf8"))).filter((places) => places !== "");
}

seam("The classes of SDK 2 have the fields `_requestHandlers = new Map()` and `_registeredTools = {}`", {
  real: () => [constructing("mjs"), constructing("cjs")],
  changed: () => [["server"], ["server"]],
  check(builds) {
    for (const places of builds) assert.deepEqual(places.toSorted(), ["mcp", "server"]);
  },
});

seam("A client of SDK 2 sets callbacks on its transport whenever it likes, and the transport calls the last one", {
  real: () => ClientSide.createLinkedPair(),
  changed: () => {
    const pair = ClientSide.createLinkedPair();
    Object.assign(pair[0], { send: async () => {} });
    return pair;
  },
  async check([near, far]) {
    let received = 0;
    const { onmessage: first } = near;
    let current = first;
    Object.defineProperty(near, "onmessage", {
      get: () => current,
      set: (callback: typeof near.onmessage) => {
        current = (message, extra) => {
          received += 1;
          callback?.(message, extra);
        };
      },
    });
    await newServer().connect(far as unknown as Transport);
    const client = new Client({ name: "seam", version: "1" });
    void client.connect(near, { timeout: 500 }).catch(() => {});
    await until(() => received > 0, "a message through the replaced callback", 2000);
  },
});
