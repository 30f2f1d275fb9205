/** Which requests a session owes an answer: each id once, and none of a request that was cancelled. */
import assert from "node:assert/strict";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { after, before, test } from "node:test";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { scaled } from "../../test/support/wait.ts";

/** A stream that stays open would make its test wait for ever. */
const TIMEOUT_MS = scaled(60_000);
const HEADERS = { accept: "application/json, text/event-stream", "content-type": "application/json" };
const INITIALIZE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "owed", version: "1" } },
};
const call = (id: number, name: string, args: object) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name, arguments: args },
});
const slow = (id: number, ms: number) => call(id, "fault", { mode: "slow", ms });
const cancel = (requestId: number) => ({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } });
const IN_FLIGHT = 'mcp_requests_in_flight{mcp_method_name="tools/call"}';

let server: RunningServer;
let session: string;

before(async () => {
  server = await runServer({ MCP_SESSION_IDLE_MS: "500" });
});
after(() => server?.stop());

/** Resolves with the headers. */
function post(body: object, id?: string): Promise<IncomingMessage> {
  const headers = { ...HEADERS, ...(id !== undefined && { "mcp-session-id": id }) };
  return new Promise((resolve, reject) => {
    httpRequest(server.url, { method: "POST", headers }, resolve).once("error", reject).end(JSON.stringify(body));
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return text;
}

async function open(): Promise<string> {
  const response = await post(INITIALIZE);
  await textOf(response);
  return String(response.headers["mcp-session-id"]);
}

test("a request with the id of one that is not yet answered is refused, and the first is answered", async () => {
  session = await open();
  const first = await post(slow(2, 600), session);
  const second = await post(call(2, "add", { a: 1, b: 2 }), session);
  const refusal = JSON.parse(await textOf(second));
  assert.deepEqual([second.statusCode, refusal.id, refusal.error.code], [400, 2, -32600]);
  assert.match(await textOf(first), /slow, but done/);
  assert.equal(await server.metric('mcp_http_rejections_total{reason="duplicate_id"}'), 1);
  const third = await post(call(2, "add", { a: 1, b: 2 }), session);
  assert.match(await textOf(third), /"sum":3/);
});

test("a batch that has one id twice is refused", async () => {
  const response = await post([call(2, "add", { a: 1, b: 2 }), call(2, "add", { a: 3, b: 4 })], await open());
  assert.equal(response.statusCode, 400);
  assert.equal(JSON.parse(await textOf(response)).id, null);
});

test("the stream of a cancelled call ends without an answer, its id is free, and its session expires", {
  timeout: TIMEOUT_MS,
}, async () => {
  session = await open();
  const response = await post(slow(3, 60_000), session);
  await server.untilMetric(IN_FLIGHT, 1);
  (await post(cancel(3), session)).resume();
  assert.equal(await textOf(response), "");
  assert.match(await textOf(await post(call(3, "add", { a: 1, b: 2 }), session)), /"sum":3/);
  await server.line(({ session_id, end_reason }) => session_id === session && end_reason === "idle_timeout");
});

test("the stream of a batch ends with its last answer, although one of its calls was cancelled", {
  timeout: TIMEOUT_MS,
}, async () => {
  session = await open();
  const response = await post([slow(4, 60_000), slow(5, 700)], session);
  await server.untilMetric(IN_FLIGHT, 2);
  (await post(cancel(4), session)).resume();
  const text = await textOf(response);
  assert.match(text, /"id":5/);
  assert.doesNotMatch(text, /"id":4/);
});

test("a cancelled call of a client that stays connected does not delay the shutdown", async () => {
  session = await open();
  const response = await post(slow(6, 60_000), session);
  response.resume();
  await server.untilMetric(IN_FLIGHT, 1);
  (await post(cancel(6), session)).resume();
  await server.untilMetric(IN_FLIGHT, 0);
  const stopped = performance.now();
  assert.equal(await server.stop(), 0);
  assert.ok(performance.now() - stopped < 8000);
});
