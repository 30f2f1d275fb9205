/** What Node.js and the SDK would answer by themselves, or not at all: one answer, one count and one log line. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { until } from "../../test/support/wait.ts";

const HEADERS = { accept: "application/json, text/event-stream", "content-type": "application/json" };
const INITIALIZE = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "listener", version: "1" } },
});
const MB = 1024 ** 2;

let server: RunningServer;

before(async () => {
  server = await runServer({ MCP_ALLOWED_HOSTS: "*", MCP_BODY_LIMIT: "2048" });
});
after(() => server?.stop());

const open = (): Socket => connect(Number(server.url.port), server.url.hostname).setEncoding("latin1");

/** @returns all that the server sent until it closed the connection */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = open().on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", () => {}).on("close", () => resolve(text));
    socket.write(bytes);
  });
}

function post(target: string, host: string, body = INITIALIZE): string {
  const headers = { ...HEADERS, host, connection: "close", "content-length": body.length };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`POST ${target} HTTP/1.1`, ...lines, "", body].join("\r\n");
}

async function counted(reason: string): Promise<number> {
  return (await server.metric(`mcp_http_rejections_total{reason="${reason}"}`)) ?? Number.NaN;
}
const logged = (reason: string) => server.lines().filter((line) => line.reason === reason).length;

async function refusedOnce(reason: string, status: number, send: () => Promise<string>): Promise<void> {
  const [countBefore, linesBefore] = [await counted(reason), logged(reason)];
  const text = await send();
  assert.match(text, new RegExp(`^HTTP/1\\.1 ${status} `));
  const { jsonrpc, id, error } = JSON.parse(text.slice(text.indexOf("\r\n\r\n")));
  assert.deepEqual({ jsonrpc, id, code: typeof error.code }, { jsonrpc: "2.0", id: null, code: "number" });
  assert.doesNotMatch(text, /TypeError|at .*\.[tj]s/);
  await until(() => logged(reason) > linesBefore, `no line for ${reason}`);
  assert.equal(logged(reason), linesBefore + 1);
  assert.equal(await counted(reason), countBefore + 1);
}

const CASES: readonly (readonly [title: string, reason: string, status: number, bytes: () => string])[] = [
  ["bytes that are no HTTP", "malformed_http", 400, () => "hello\r\n\r\n"],
  ["a body with a broken chunk", "malformed_http", 400, () => brokenChunk()],
  ["headers above the limit", "headers_too_large", 431, () => post("/mcp", `a${"x".repeat(20_000)}`)],
  ["a path without MCP", "not_found", 404, () => post("/", server.url.host)],
  ["a path that is no percent-encoding", "not_found", 404, () => post("/%zz", server.url.host)],
  ["a Host with a space", "host", 403, () => post("/mcp", "my server")],
  ["a Host with a port that is none", "host", 403, () => post("/mcp", "a:99999")],
  ["no Host", "host", 403, () => post("/mcp", "x").replace("host: x\r\n", "")],
  ["CONNECT", "method_not_allowed", 405, () => "CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n"],
];
function brokenChunk(): string {
  return post("/mcp", server.url.host).replace(
    /content-length: \d+\r\n\r\n.*/s,
    "transfer-encoding: chunked\r\n\r\nxyz",
  );
}

for (const [title, reason, status, bytes] of CASES) {
  test(`${title}: refused as ${reason} with ${status}, counted and logged once`, () =>
    refusedOnce(reason, status, () => raw(bytes())));
}

test("a request target in absolute form is served, and names the host", async () => {
  assert.match(await raw(post(server.url.href, "ignored.example")), /^HTTP\/1\.1 200 /);
  await refusedOnce("host", 403, () => raw(post("http://a:99999/mcp", server.url.host)));
});

test("a request with an expectation that Node.js does not know is served", async () => {
  assert.match(
    await raw(post("/mcp", server.url.host).replace("\r\n\r\n", "\r\nexpect: x\r\n\r\n")),
    /^HTTP\/1\.1 200 /,
  );
});

test("a client that disconnects in its body is not refused", async () => {
  const refusals = () => server.lines().filter(({ msg }) => msg === "request refused").length;
  const before = refusals();
  const socket = open();
  socket.write(post("/mcp", server.url.host).slice(0, -10));
  await once(socket, "connect");
  socket.resetAndDestroy();
  await refusedOnce("not_found", 404, () => raw(post("/", server.url.host)));
  assert.equal(refusals(), before + 1);
});

for (const [title, framing] of [
  ["a length above the limit", `content-length: ${500 * MB}`],
  ["chunks above the limit", "transfer-encoding: chunked"],
] as const) {
  test(`${title}: the answer reaches the client while it still sends, and the rest is not read`, async () => {
    const socket = open();
    socket.on("error", () => {});
    const head = post("/mcp", server.url.host, "").replace(/content-length: 0/, framing);
    let answer = "";
    let sent = 0;
    const piece = framing.startsWith("content")
      ? Buffer.alloc(64 * 1024, "x")
      : Buffer.from(`10000\r\n${"x".repeat(64 * 1024)}\r\n`);
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.write(head);
    const send = () => {
      while (!socket.destroyed && sent < 500 * MB && socket.write(piece)) sent += piece.length;
    };
    socket.on("drain", send);
    send();
    await closed;
    assert.match(answer, /^HTTP\/1\.1 413 .*connection: close.*"id":null\}$/is);
    assert.ok(sent < 50 * MB, `${sent / MB} MB were taken`);
  });
}

const session = async (): Promise<string> => {
  const response = await send("POST", {}, INITIALIZE);
  response.resume();
  return String(response.headers["mcp-session-id"]);
};

function send(method: string, headers: Record<string, string>, body?: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpRequest(server.url, { method, headers: { ...HEADERS, ...headers } }, resolve)
      .once("error", reject)
      .end(body);
  });
}

test("a new event stream of a session takes the place of the old one", async () => {
  const headers = { "mcp-session-id": await session() };
  const first = await send("GET", headers);
  const second = await send("GET", headers);
  assert.deepEqual([first.statusCode, second.statusCode], [200, 200]);
  first.resume();
  await once(first, "end");
  await server.untilMetric("mcp_open_streams", 1);
  second.destroy();
});

for (const message of [
  { jsonrpc: "2.0", id: 5, method: "initialize", params: {} },
  { ...JSON.parse(INITIALIZE), id: undefined },
]) {
  test(`an initialize ${message.id === undefined ? "without an id" : "without its params"} opens no session`, async () => {
    const before = await counted("invalid_message");
    const response = await send("POST", {}, JSON.stringify(message));
    response.resume();
    assert.equal(response.statusCode, 400);
    assert.equal(await counted("invalid_message"), before + 1);
  });
}

test("an error that only the SDK hears of is a log line, without the caller's words", async () => {
  const response = await send(
    "POST",
    { "mcp-session-id": await session() },
    JSON.stringify({ jsonrpc: "2.0", id: 99, result: { secret: "hunter2" } }),
  );
  response.resume();
  const { level, err } = await server.line(({ msg }) => msg === "the SDK reported an error");
  assert.equal(level, "warn");
  assert.equal((err as { message: string }).message, "Received a response for an unknown message ID");
  assert.doesNotMatch(server.text(), /hunter2/);
});

for (const megabytes of [1, 60]) {
  test(`a call of ${megabytes} MB above the limit fails at once in the SDK's client, which is served on`, async () => {
    const client = await server.client();
    const startedAt = performance.now();
    const call = client.callTool({ name: "add", arguments: { a: 1, b: 1, pad: "x".repeat(megabytes * MB) } });
    await assert.rejects(call, { code: 413 });
    assert.ok(performance.now() - startedAt < 30_000, "long before the client's own timeout, which is a minute");
    const { structuredContent } = await client.callTool({ name: "add", arguments: { a: 1, b: 1 } });
    assert.deepEqual(structuredContent, { sum: 2 });
    await client.close();
  });
}
