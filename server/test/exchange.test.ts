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
  const response = await send(JSON.stringify(INITIALIZE));
  session = String(response.headers["mcp-session-id"]);
  await textOf(response);
});
after(() => server?.stop());

const call = (name: string, args: object) =>
  JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name, arguments: args } });

/** Resolves with the headers. */
function send(body: string | undefined, method = "POST") {
  const headers = session === undefined ? HEADERS : { ...HEADERS, "mcp-session-id": session };
  return new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest(server.url, { method, headers }, resolve).once("error", reject).end(body);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return text;
}

test("an answer that is ready at once leaves together with its headers", async () => {
  const body = call("add", { a: 1, b: 2 });
  const lines = [
    "POST /mcp HTTP/1.1",
    `host: ${server.url.host}`,
    ...Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}`),
    `mcp-session-id: ${session}`,
    `content-length: ${body.length}`,
  ];
  const socket = connect(Number(server.url.port), server.url.hostname).setEncoding("latin1");
  for (let repeat = 0; repeat < 20; repeat += 1) {
    socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`);
    const first = await new Promise<string>((resolve) => socket.once("data", resolve));
    assert.match(first, /^HTTP\/1.1 200 .*"sum":3.*\r\n0\r\n\r\n$/s);
  }
  socket.destroy();
});

test("the headers of a slow call do not wait for its answer", async () => {
  const response = await send(call("fault", { mode: "slow", ms: 2000 }));
  const headersAt = performance.now();
  assert.match(await textOf(response), /slow, but done/);
  const ms = performance.now() - headersAt;
  assert.ok(ms > 500, `the answer came ${ms} ms after its headers`);
});

test("a large answer reaches a slow reader whole", async () => {
  const response = await send(call("fault", { mode: "oversized", bytes: 400_000 }));
  response.pause();
  await timeToGoWrong(300);
  assert.ok((await textOf(response)).includes("x".repeat(400_000)));
});

test("a stream whose client has gone is let go, and can be opened again", async () => {
  for (let repeat = 0; repeat < 3; repeat += 1) {
    const response = await send(undefined, "GET");
    assert.equal(response.statusCode, 200);
    await server.untilMetric("mcp_open_streams", 1);
    response.destroy();
    await server.untilMetric("mcp_open_streams", 0);
  }
});
