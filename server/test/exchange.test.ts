/** What an HTTP exchange looks like to a client that watches its socket. */
import assert from "node:assert/strict";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { timeToGoWrong } from "../../test/support/wait.ts";

const HEADERS = { accept: "application/json, text/event-stream", "content-type": "application/json" };
const INITIALIZE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "exchange", version: "1" } },
};

let server: RunningServer;
let session: string;

before(async () => {
  server = await runServer();
  session = await open(server);
});
after(() => server?.stop());

async function open({ url }: RunningServer): Promise<string> {
  const response = await send(JSON.stringify(INITIALIZE), { url, id: null });
  await textOf(response);
  return String(response.headers["mcp-session-id"]);
}

const call = (name: string, args: object, meta = {}) =>
  JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name, arguments: args, _meta: meta } });

/** Resolves with the headers. */
function send(body: string | undefined, { url = server.url, id = session as string | null, method = "POST" } = {}) {
  const headers = id === null ? HEADERS : { ...HEADERS, "mcp-session-id": id };
  return new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest(url, { method, headers }, resolve).once("error", reject).end(body);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return text;
}

/** @returns what comes in the first packet, in each of twenty exchanges */
async function* firstPackets({ url }: RunningServer, id: string): AsyncGenerator<string> {
  const body = call("add", { a: 1, b: 2 });
  const lines = [
    "POST /mcp HTTP/1.1",
    `host: ${url.host}`,
    ...Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}`),
    `mcp-session-id: ${id}`,
    `content-length: ${body.length}`,
  ];
  const socket = connect(Number(url.port), url.hostname).setEncoding("latin1");
  for (let repeat = 0; repeat < 20; repeat += 1) {
    socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`);
    yield await new Promise<string>((resolve) => socket.once("data", resolve));
  }
  socket.destroy();
}

test("an answer before which nothing is sent is JSON, and leaves together with its headers", async () => {
  for await (const packet of firstPackets(server, session)) {
    assert.match(packet, /^HTTP\/1.1 200 .*content-type: application\/json\r\n.*\r\n\r\n\{.*"sum":3.*\}$/s);
    assert.ok(packet.includes(`mcp-session-id: ${session}\r\n`));
  }
});

test("with MCP_JSON_RESPONSES=0 an answer is an event stream, and leaves together with its headers", async (t) => {
  const streaming = await runServer({ MCP_JSON_RESPONSES: "0" });
  t.after(() => streaming.stop());
  const id = await open(streaming);
  for await (const packet of firstPackets(streaming, id)) {
    assert.match(packet, /^HTTP\/1.1 200 .*content-type: text\/event-stream\r\n.*"sum":3.*\r\n0\r\n\r\n$/s);
  }
});

test("an answer after a report of progress comes in an event stream, in the order in which they were sent", async () => {
  const response = await send(call("countdown", { from: 2 }, { progressToken: "p" }));
  assert.equal(response.headers["content-type"], "text/event-stream");
  assert.equal(response.headers["mcp-session-id"], session);
  const events = (await textOf(response)).trim().split("\n\n");
  const messages = events.map((event) => JSON.parse(event.replace("event: message\ndata: ", "")));
  assert.ok(messages.length > 1);
  assert.ok(messages.slice(0, -1).every(({ method }) => method === "notifications/progress"));
  assert.equal(messages.at(-1).id, 2);
});

test("the headers of a slow call do not wait for its answer", async () => {
  const response = await send(call("fault", { mode: "slow", ms: 2000 }));
  assert.equal(response.headers["content-type"], "text/event-stream");
  const headersAt = performance.now();
  assert.match(await textOf(response), /slow, but done/);
  const ms = performance.now() - headersAt;
  assert.ok(ms > 500, `the answer came ${ms} ms after its headers`);
});

test("the response of a call in progress ends when its session is closed", async () => {
  const id = await open(server);
  const response = await send(call("fault", { mode: "slow", ms: 60_000 }), { id });
  (await send(undefined, { id, method: "DELETE" })).resume();
  assert.equal(await textOf(response), "");
});

test("a large answer reaches a slow reader whole", async () => {
  const response = await send(call("fault", { mode: "oversized", bytes: 400_000 }));
  response.pause();
  await timeToGoWrong(300);
  assert.ok((await textOf(response)).includes("x".repeat(400_000)));
});

test("a stream whose client has gone is let go, and can be opened again", async () => {
  for (let repeat = 0; repeat < 3; repeat += 1) {
    const response = await send(undefined, { method: "GET" });
    assert.equal(response.statusCode, 200);
    await server.untilMetric("mcp_open_streams", 1);
    response.destroy();
    await server.untilMetric("mcp_open_streams", 0);
  }
});
