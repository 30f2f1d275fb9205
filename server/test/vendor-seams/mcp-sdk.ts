/** The seams of `@modelcontextprotocol/sdk`. */
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { placesIn } from "./constructions.ts";
import { seam } from "./seam.ts";

type Handler = (request: unknown, extra: unknown) => unknown;

const INITIALIZE = {
  jsonrpc: "2.0" as const,
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "seam", version: "1" } },
};
const HEADERS = { accept: "application/json, text/event-stream", "content-type": "application/json" };
const newServer = () => new McpServer({ name: "seam", version: "1" }, { capabilities: { logging: {} } });
const newTransport = () => new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: randomUUID });
const text = (value: string) => ({ content: [{ type: "text" as const, text: value }] });

async function clientOf(server: McpServer): Promise<Client> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: "seam", version: "1" });
  await Promise.all([server.connect(far), client.connect(near)]);
  return client;
}

seam("A Server keeps its request handlers in the Map `_requestHandlers`. A handler throws a ZodError for bad params", {
  real: () => {
    const server = newServer();
    server.registerTool("add", { inputSchema: { a: z.number() } }, ({ a }) => text(String(a)));
    return server.server as unknown as { _requestHandlers: Map<string, Handler> };
  },
  changed: () => ({ _requestHandlers: new Map([["tools/call", async () => ({})]]) }),
  check({ _requestHandlers: handlers }) {
    assert.ok(handlers instanceof Map);
    const request = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: 1 } };
    assert.throws(() => handlers.get("tools/call")?.(request, {}), z.core.$ZodError);
  },
});

const ANYTHING = z.object({}).loose();
const answerOf = async (server: McpServer, params: Readonly<Record<string, unknown>>) => {
  server.registerTool("add", { inputSchema: { a: z.number() } }, ({ a }) => text(String(a)));
  const client = await clientOf(server);
  return client.request({ method: "tools/list", params }, ANYTHING).catch((error) => error);
};

seam("A Server asks its own `assertTaskHandlerCapability` about a request with `task`, and refuses it by that alone", {
  real: newServer,
  changed: () => {
    const server = newServer();
    Object.defineProperty(server.server, "assertTaskHandlerCapability", { value: () => {}, writable: false });
    return server;
  },
  async check(server) {
    const internals = server.server as unknown as { assertTaskHandlerCapability(method: string): void };
    assert.throws(() => internals.assertTaskHandlerCapability("tools/list"));
    internals.assertTaskHandlerCapability = () => {};
    const { tools } = await answerOf(server, { task: {} });
    assert.equal(tools?.length, 1);
  },
});

seam("Params that do not fit a method's schema are answered with -32603 and a report that has their path", {
  real: newServer,
  changed: () => {
    const server = new McpServer({ name: "seam", version: "1" }, { capabilities: { tools: {} } });
    server.server.setRequestHandler(z.object({ method: z.literal("tools/list") }), () => ({ tools: [] }));
    return server;
  },
  async check(server) {
    const { code, message } = await answerOf(server, { cursor: 5 });
    assert.equal(code, -32603);
    assert.match(message, /"path":\s*\[\s*"params",\s*"cursor"/);
  },
});

/** A `Request` that has only what `mcp/exchange.ts` gives to the transport. Notes whatever else is read. */
function partialRequest(method: string, headers: Readonly<Record<string, string>>, unexpected: Set<string>): Request {
  const only = <T extends object>(of: T, prefix = ""): T =>
    new Proxy(of, {
      get(target, key) {
        if (!(key in target)) unexpected.add(prefix + String(key));
        return Reflect.get(target, key);
      },
    });
  const values = only(
    { get: (name: string) => headers[name.toLowerCase()] ?? null, entries: () => Object.entries(headers) },
    "headers.",
  );
  return only({ method, url: "http://localhost/mcp", headers: values }) as unknown as Request;
}

seam("`handleRequest` with a parsed body reads `method`, `url`, `headers.get` and `headers.entries`, and no more", {
  real: newTransport,
  changed: () =>
    Object.assign(newTransport(), { handleRequest: async (request: Request) => new Response(request.body) }),
  async check(transport) {
    const unexpected = new Set<string>();
    const send = (method: string, parsedBody?: unknown) => {
      const session = transport.sessionId === undefined ? {} : { "mcp-session-id": transport.sessionId };
      return transport.handleRequest(partialRequest(method, { ...HEADERS, ...session }, unexpected), { parsedBody });
    };
    const statuses = [
      (await send("POST", INITIALIZE)).status,
      (await send("POST", { jsonrpc: "2.0", method: "notifications/initialized" })).status,
      (await send("GET")).status,
      (await send("DELETE")).status,
    ];
    assert.deepEqual([[...unexpected], statuses], [[], [200, 202, 200, 200]]);
  },
});

seam(
  "`closeSSEStream` ends the answer to a POST. The response that is sent next rejects, and its request is forgotten",
  {
    real: newTransport,
    changed: () => Object.assign(newTransport(), { send: async () => {} }),
    async check(transport) {
      const post = (parsedBody: object) => {
        const session = { "mcp-session-id": transport.sessionId ?? "" };
        return transport.handleRequest(partialRequest("POST", { ...HEADERS, ...session }, new Set()), { parsedBody });
      };
      await post(INITIALIZE);
      const id = 2;
      const response = await post({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "add" } });
      transport.closeSSEStream(id);
      assert.equal(await response.text(), "");
      const answer = () => transport.send({ jsonrpc: "2.0", id, result: {} });
      await assert.rejects(answer);
      await assert.rejects(answer, /No connection established/);
    },
  },
);

seam("After `connect`, a server calls the transport's `send` and the transport its `onmessage`, replaced or not", {
  real: newServer,
  changed: () =>
    Object.assign(newServer(), {
      async connect(transport: Transport) {
        const send = transport.send.bind(transport);
        transport.onmessage = () => void send({ jsonrpc: "2.0", id: INITIALIZE.id, result: {} });
      },
    }),
  async check(server) {
    const http = newTransport();
    const transport = http as Transport;
    await server.connect(transport);
    const seen: unknown[] = [];
    const { onmessage } = transport;
    const send: Transport["send"] = transport.send.bind(transport);
    transport.onmessage = (message, extra) => {
      seen.push((message as { method: string }).method, transport.sessionId !== undefined, extra?.authInfo?.clientId);
      seen.push(extra?.requestInfo?.headers.accept);
      onmessage?.(message, extra);
    };
    transport.send = (message, options) => {
      seen.push("result" in message);
      return send(message, options);
    };
    const authInfo = { token: "", clientId: "caller", scopes: [] };
    const request = new Request("http://localhost/mcp", { method: "POST", headers: HEADERS });
    const response = await http.handleRequest(request, { parsedBody: INITIALIZE, authInfo });
    await response.text();
    assert.deepEqual(seen, ["initialize", true, "caller", HEADERS.accept, true]);
  },
});

seam("`connect` keeps the `onmessage` and `onclose` that a transport has, and calls them first", {
  real: newServer,
  changed: () =>
    Object.assign(newServer(), {
      async connect(transport: Transport) {
        transport.onmessage = () => {};
        transport.onclose = () => {};
        await transport.start();
      },
    }),
  async check(server) {
    const [near, far] = InMemoryTransport.createLinkedPair();
    const seen: string[] = [];
    far.onmessage = (message: JSONRPCMessage) => void seen.push((message as { method: string }).method);
    far.onclose = () => void seen.push("close");
    await server.connect(far);
    await near.send(INITIALIZE);
    await near.close();
    assert.deepEqual(seen, ["initialize", "close"]);
  },
});

seam("A handler runs in the asynchronous context in which `onmessage` was called", {
  real: newServer,
  changed: () => {
    const server = newServer();
    const register = server.registerTool.bind(server) as (...args: unknown[]) => unknown;
    const registerTool = (name: string, config: object, handler: () => unknown) =>
      register(name, config, AsyncLocalStorage.bind(handler));
    return Object.assign(server, { registerTool });
  },
  async check(server) {
    const storage = new AsyncLocalStorage<string>();
    let found: string | undefined;
    server.registerTool("look", {}, () => {
      found = storage.getStore();
      return text("");
    });
    const [near, far] = InMemoryTransport.createLinkedPair();
    await server.connect(far);
    const { onmessage } = far;
    far.onmessage = (message, extra) => storage.run("the message's", () => onmessage?.(message, extra));
    const client = new Client({ name: "seam", version: "1" });
    await client.connect(near);
    await client.callTool({ name: "look" });
    assert.equal(found, "the message's");
  },
});

seam("A McpServer sets its request handlers by `setRequestHandler`, in `setToolRequestHandlers` and two like it", {
  real: newServer,
  changed: () => Object.assign(newServer(), { setToolRequestHandlers: () => {} }),
  check(server) {
    const set: unknown[] = [];
    const setRequestHandler = server.server.setRequestHandler.bind(server.server);
    server.server.setRequestHandler = (schema, handler) => {
      set.push((schema as unknown as { shape: { method: { value: string } } }).shape.method.value);
      return setRequestHandler(schema, handler);
    };
    const { setToolRequestHandlers, setPromptRequestHandlers, setResourceRequestHandlers } =
      server as unknown as Record<string, () => void>;
    for (const one of [setToolRequestHandlers, setPromptRequestHandlers, setResourceRequestHandlers]) one?.call(server);
    for (const method of ["tools/call", "prompts/get", "resources/read"]) assert.ok(set.includes(method), method);
  },
});

seam("A McpServer reads `handler` of a tool, `callback` of a prompt and `readCallback` of a resource at the call", {
  real: newServer,
  changed: () => {
    const server = newServer();
    const register = server.registerPrompt.bind(server);
    const copied: typeof register = (...args) => ({ ...register(...args) });
    return Object.assign(server, { registerPrompt: copied });
  },
  async check(server) {
    const called: string[] = [];
    const tool = server.registerTool("tool", {}, () => text(""));
    tool.handler = () => {
      called.push("tool");
      return text("");
    };
    const prompt = server.registerPrompt("prompt", {}, () => ({ messages: [] }));
    prompt.callback = () => {
      called.push("prompt");
      return { messages: [] };
    };
    const resource = server.registerResource("resource", "note://one", {}, () => ({ contents: [] }));
    resource.readCallback = () => {
      called.push("resource");
      return { contents: [] };
    };
    const client = await clientOf(server);
    await client.callTool({ name: "tool" });
    await client.getPrompt({ name: "prompt" });
    await client.readResource({ uri: "note://one" });
    assert.deepEqual(called, ["tool", "prompt", "resource"]);
  },
});

seam("`connect` sets the callbacks of a transport, then calls its `start`", {
  real: newServer,
  changed: () =>
    Object.assign(newServer(), {
      async connect(transport: Transport) {
        await transport.start();
      },
    }),
  async check(server) {
    const [, transport] = InMemoryTransport.createLinkedPair();
    let set: readonly string[] = [];
    transport.start = async () => {
      set = [typeof transport.onmessage, typeof transport.onclose];
    };
    await server.connect(transport);
    assert.deepEqual(set, ["function", "function"]);
  },
});

/** The files of the SDK that construct, in both its builds. */
const constructing = (build: "esm" | "cjs") =>
  ["shared/protocol.js", "server/mcp.js"].map((path) =>
    readFileSync(
      new URL(`../../${build}/${path}`, import.meta.resolve("@modelcontextprotocol/sdk/server/mcp.js")),
      "utf8",
    ),
  );

seam(
  "The constructors of a Server and a McpServer assign `new Map()` to `_requestHandlers`, `{}` to `_registeredTools`",
  {
    real: () => [...constructing("esm"), ...constructing("cjs")],
    changed: () => ["this.#requestHandlers = new Map();", "this.#registeredTools = {};"],
    check: (files) => assert.deepEqual(files.map(placesIn), ["server", "mcp", "server", "mcp"].slice(0, files.length)),
  },
);

seam("Arguments or a result that do not fit a tool's schema become a result with `isError`, not a JSON-RPC error", {
  real: newServer,
  changed: () => {
    const server = newServer();
    const register = server.registerTool.bind(server) as (...args: unknown[]) => unknown;
    const registerTool = (name: string, _config: object, handler: unknown) => register(name, {}, handler);
    return Object.assign(server, { registerTool });
  },
  async check(server) {
    let entered = 0;
    const shapes = { inputSchema: { a: z.number() }, outputSchema: { b: z.number() } };
    server.registerTool("tool", shapes, () => {
      entered += 1;
      return { ...text(""), structuredContent: { b: "not a number" } };
    });
    const client = await clientOf(server);
    const badArguments = await client.callTool({ name: "tool", arguments: { a: "not a number" } });
    assert.deepEqual([badArguments.isError, entered], [true, 0]);
    const badResult = await client.callTool({ name: "tool", arguments: { a: 1 } });
    assert.deepEqual([badResult.isError, entered], [true, 1]);
  },
});

seam("A transport for HTTP has `handleRequest`. The one for stdio has neither that nor a session id", {
  real: () => ({
    http: [newTransport(), new StreamableHTTPServerTransport({ sessionIdGenerator: randomUUID })] as object[],
    stdio: new StdioServerTransport() as { sessionId?: string },
  }),
  changed: () => ({ http: [{ handle: () => {} }], stdio: {} }),
  check({ http, stdio }) {
    for (const transport of http) assert.ok("handleRequest" in transport);
    assert.ok(!("handleRequest" in stdio) && stdio.sessionId === undefined);
  },
});

interface Streams {
  readonly _streamMapping: Map<string, { cleanup(): void }>;
  readonly _requestToStreamMapping: Map<string | number, string>;
  readonly _standaloneSseStreamId: string;
}

/** A session with an event store and a request that is never answered, as it is before and after the stream is resumed. */
async function resumedStream(): Promise<Streams & { readonly before: { cleanup(): void } | undefined }> {
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    eventStore: { storeEvent: async (streamId) => streamId, replayEventsAfter: async (lastEventId) => lastEventId },
  });
  const server = newServer();
  server.registerTool("wait", {}, () => new Promise<never>(() => {}));
  await server.connect(transport as Parameters<McpServer["connect"]>[0]);
  const send = (method: string, headers: Record<string, string>, body?: object) =>
    transport.handleRequest(new Request("http://127.0.0.1/mcp", { method, headers }), { parsedBody: body });
  const opened = await send("POST", HEADERS, INITIALIZE);
  const session = { ...HEADERS, "mcp-session-id": opened.headers.get("mcp-session-id") ?? "" };
  await send("POST", session, { jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "wait" } });
  const streams = transport as unknown as Streams;
  const streamId = streams._requestToStreamMapping.get(2) ?? "";
  const before = streams._streamMapping.get(streamId);
  await send("GET", { ...session, "last-event-id": streamId });
  const { _streamMapping, _requestToStreamMapping, _standaloneSseStreamId } = streams;
  return { _streamMapping, _requestToStreamMapping, _standaloneSseStreamId, before };
}

seam(
  "`_streamMapping` has the streams that can be ended, `_requestToStreamMapping` those of unanswered requests. A resumed one takes the old one's place",
  {
    real: resumedStream,
    changed: async () => ({ ...(await resumedStream()), _requestToStreamMapping: new Map() }),
    check({ _streamMapping: streams, _requestToStreamMapping: requests, _standaloneSseStreamId, before }) {
      const resumed = streams.get(requests.get(2) ?? "");
      assert.equal(typeof _standaloneSseStreamId, "string");
      assert.equal(typeof resumed?.cleanup, "function");
      assert.notEqual(before, undefined);
      assert.notEqual(resumed, before);
    },
  },
);
