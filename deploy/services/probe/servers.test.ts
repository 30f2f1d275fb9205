/** Other servers on the SDK: with and without sessions, event streams or plain JSON, http or https. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { type TestContext, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { z } from "zod";
import { type KeyAndCertificate, selfSigned } from "../../../test/support/certificate.ts";
import { runServer } from "../../../test/support/running-server.ts";
import {
  type Answer,
  fakeServer,
  listening,
  neverAnswer,
  raw,
  result,
  rpcError,
  status,
  tool,
} from "./test/fake-server.ts";
import { CANARY, probing } from "./test/probing.ts";

function buildServer(): McpServer {
  const server = new McpServer({ name: "other", version: "1.0.0" });
  server.registerTool("add", { inputSchema: { a: z.number(), b: z.number() } }, ({ a, b }) => ({
    content: [{ type: "text", text: `the sum is ${a + b}` }],
    structuredContent: { sum: a + b },
  }));
  return server;
}

const connected = async (options: ConstructorParameters<typeof StreamableHTTPServerTransport>[0]) => {
  const transport = new StreamableHTTPServerTransport(options);
  await buildServer().connect(transport as Parameters<McpServer["connect"]>[0]);
  return transport;
};

/** A server with one transport for each request, as in the SDK's stateless example. */
async function stateless(enableJsonResponse: boolean): Promise<URL> {
  const server = createServer(async (request, response) => {
    if (request.method !== "POST") return response.writeHead(405).end();
    const transport = await connected({ enableJsonResponse });
    return transport.handleRequest(request, response);
  });
  return new URL(`http://127.0.0.1:${await listening(server)}/`);
}

async function stateful(): Promise<{ readonly url: URL; readonly open: Map<string, StreamableHTTPServerTransport> }> {
  const open = new Map<string, StreamableHTTPServerTransport>();
  const server = createServer(async (request, response) => {
    const known = open.get(String(request.headers["mcp-session-id"]));
    if (request.method === "HEAD") return response.writeHead(404).end();
    const transport =
      known ??
      (await connected({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (id) => void open.set(id, transport),
        onsessionclosed: (id) => void open.delete(id),
      }));
    return transport.handleRequest(request, response);
  });
  return { url: new URL(`http://127.0.0.1:${await listening(server)}/some/path`), open };
}

for (const [title, json] of [
  ["plain JSON", true],
  ["event streams", false],
] as const) {
  test(`a stateless server that answers with ${title} passes every step`, async () => {
    const target = probing(await stateless(json));
    await target.probe();
    assert.deepEqual(target.lines, []);
    assert.deepEqual(await target.steps(), [1, 1, 1, 1, 1]);
  });
}

test("a server with sessions passes every step, twice, and keeps no session", async () => {
  const { url, open } = await stateful();
  const target = probing(url);
  await target.probe();
  await target.probe();
  assert.deepEqual(target.lines, []);
  assert.deepEqual(await target.steps(), [1, 1, 1, 1, 1]);
  assert.equal(open.size, 0);
  assert.equal(
    await target.metric('mcp_probe_info{target="it",protocol_version="2025-11-25",mcp_method_name="initialize"}'),
    1,
  );
});

const METHODS = ["server/discover", "tools/list", "tools/call"];
const ECHO = { tool: "echo", arguments: { value: "here" }, expect: { text: "here" } };

for (const [title, main, canary] of [
  ["this server", undefined, { ...CANARY, expect: { structured: { sum: 3 } } }],
  ["a server on SDK 2 that knows no sessions", "server/test/fixture-server-2.ts", ECHO],
] as const) {
  test(`${title} is asked with server/discover, and opens no session`, async (t) => {
    const server = await runServer({}, main);
    t.after(() => server.stop());
    const target = probing(server.url, { canary });
    await target.probe();
    await target.probe();
    assert.deepEqual(target.lines, []);
    assert.deepEqual(await target.steps(), [1, 1, 1, 1, 1]);
    const info = 'mcp_probe_info{target="it",protocol_version="2026-07-28",mcp_method_name="server/discover"}';
    assert.equal(await target.metric(info), 1);
    assert.equal(await server.metric('mcp_active_sessions{transport="http"}'), 0);
    const lines = await server.untilRequests(6, () => true);
    assert.deepEqual(
      lines.map(({ method, client_name }) => [method, client_name]),
      [...METHODS, ...METHODS].map((method) => [method, "mcp-probe"]),
    );
  });
}

test("a target that begins to know revisions without sessions is noticed at the next probe", async () => {
  const answers: Record<string, Answer> = {};
  const server = await fakeServer(answers);
  const target = probing(server.url);
  await target.probe();
  const info = (version: string, method: string) =>
    target.metric(`mcp_probe_info{target="it",protocol_version="${version}",mcp_method_name="${method}"}`);
  assert.equal(await info("2025-06-18", "initialize"), 1);
  const complete = { resultType: "complete", ttlMs: 0, cacheScope: "private" };
  answers["server/discover"] = result({ ...complete, supportedVersions: ["2026-07-28"], capabilities: { tools: {} } });
  answers["tools/list"] = result({ ...complete, tools: [tool("add")] });
  answers["tools/call"] = result({
    ...complete,
    content: [{ type: "text", text: "is 3" }],
    structuredContent: { sum: 3 },
  });
  await target.probe();
  assert.deepEqual(target.lines, []);
  assert.deepEqual(
    [await info("2025-06-18", "initialize"), await info("2026-07-28", "server/discover")],
    [undefined, 1],
  );
  answers["tools/call"] = rpcError(-32603);
  await target.probe();
  answers["tools/call"] = raw("text/html", "<p>secret");
  await target.probe();
  answers["tools/call"] = status(502);
  await target.probe();
  assert.deepEqual(
    target.lines.map(({ step, reason, detail }) => [step, reason, detail]),
    [
      ["tool_call", "rpc_error", "JSON-RPC error -32603"],
      ["tool_call", "protocol", "HTTP 200, text/html: an HTML page"],
      ["tool_call", "http_status", "HTTP 502, text/html"],
    ],
  );
});

test("a target that does not answer server/discover is asked with initialize", async () => {
  const server = await fakeServer({ "server/discover": neverAnswer });
  const target = probing(server.url, {}, 2000);
  await target.probe();
  assert.deepEqual(target.lines, []);
  assert.deepEqual(await target.steps(), [1, 1, 1, 1, 1]);
});

function trust(t: TestContext, { cert }: KeyAndCertificate): void {
  const trusted = getCACertificates();
  t.after(() => setDefaultCACertificates(trusted));
  setDefaultCACertificates([...trusted, cert]);
}

test("https passes with a trusted certificate, and its expiry is exported", async (t) => {
  const expiresAt = new Date(Math.floor(Date.now() / 1000) * 1000 + 86_400_000);
  const own = selfSigned(expiresAt);
  trust(t, own);
  const server = await fakeServer({}, own);
  for (const host of ["127.0.0.1", "localhost"]) {
    const target = probing(new URL(server.url.href.replace("127.0.0.1", host)));
    await target.probe();
    assert.deepEqual(target.lines, []);
    const expiry = await target.metric('mcp_probe_certificate_expiry_timestamp_seconds{target="it"}');
    assert.equal(expiry, expiresAt.getTime() / 1000);
  }
});

test("an expired certificate fails, and its date is exported", async (t) => {
  const own = selfSigned(new Date("2026-01-02T03:04:05Z"));
  trust(t, own);
  const target = probing((await fakeServer({}, own)).url);
  await target.probe();
  assert.deepEqual(
    target.lines.map(({ step, reason, detail }) => [step, reason, detail]),
    [["http", "tls", "CERT_HAS_EXPIRED"]],
  );
  const expiry = await target.metric('mcp_probe_certificate_expiry_timestamp_seconds{target="it"}');
  assert.equal(expiry, Date.parse("2026-01-02T03:04:05Z") / 1000);
});

test("a certificate for another address is rejected", async (t) => {
  const own = selfSigned(new Date(Date.now() + 86_400_000), [127, 0, 0, 2]);
  trust(t, own);
  const target = probing((await fakeServer({}, own)).url);
  await target.probe();
  assert.deepEqual(
    target.lines.map(({ step, reason }) => [step, reason]),
    [["http", "tls"]],
  );
  assert.match(String(target.lines[0]?.detail), /altname/i);
});

test("plain http exports no certificate expiry", async () => {
  const target = probing((await fakeServer()).url);
  await target.probe();
  assert.equal(await target.metric('mcp_probe_certificate_expiry_timestamp_seconds{target="it"}'), undefined);
});
