/** What the HTTP edge refuses: each reason has its status, a JSON-RPC error body, one count and one log line. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { after, before, test } from "node:test";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { tokensFile } from "../../test/support/tokens-file.ts";

const ACCEPT = "application/json, text/event-stream";
const JSON_HEADERS = {
  accept: ACCEPT,
  "content-type": "application/json",
  authorization: "Bearer alice-token",
};
const INITIALIZE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "edge", version: "1" } },
};
const PING = JSON.stringify({ jsonrpc: "2.0", id: 2, method: "ping" });

let server: RunningServer;
let session: string;

before(async () => {
  const tokens = tokensFile({ alice: "alice-token", bob: "bob-token" });
  server = await runServer({ MCP_AUTH_TOKENS_FILE: tokens, MCP_MAX_SESSIONS: "1", MCP_BODY_LIMIT: "2048" });
  const opened = await send({ body: JSON.stringify(INITIALIZE) });
  session = String(opened.headers["mcp-session-id"]);
  // A session with an open event stream is not idle: it does not give way to a new one.
  const stream = httpRequest(server.url, { headers: { ...JSON_HEADERS, "mcp-session-id": session } }).end();
  await once(stream, "response");
});
after(() => server?.stop());

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Not `fetch`, which forbids to set `Host` and others. */
function send({ method = "POST", headers = {}, body }: Sent, url = server.url) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const request = httpRequest(url, { method, headers: { ...JSON_HEADERS, ...headers } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    request.on("error", reject).end(body);
  });
}

const CASES: readonly (readonly [reason: string, status: number, sent: () => Sent])[] = [
  ["method_not_allowed", 405, () => ({ method: "PUT", body: PING })],
  ["host", 403, () => ({ headers: { host: "evil.example" }, body: PING })],
  ["origin", 403, () => ({ headers: { origin: "https://evil.example" }, body: PING })],
  ["auth", 401, () => ({ headers: { authorization: "Bearer wrong" }, body: PING })],
  ["not_acceptable", 406, () => ({ headers: { accept: "text/html" }, body: PING })],
  ["unsupported_media_type", 415, () => ({ headers: { "content-type": "text/plain" }, body: PING })],
  ["unsupported_version", 400, () => ({ headers: { "mcp-protocol-version": "1999-01-01" }, body: PING })],
  ["body_too_large", 413, () => ({ body: JSON.stringify({ ...INITIALIZE, pad: "x".repeat(4096) }) })],
  ["json_too_complex", 413, () => ({ body: "[".repeat(100) })],
  ["malformed_json", 400, () => ({ body: '{"jsonrpc":' })],
  ["invalid_message", 400, () => ({ body: '{"hello":"world"}' })],
  ["missing_session", 400, () => ({ body: PING })],
  ["unknown_session", 404, () => ({ headers: { "mcp-session-id": "nobody" }, body: PING })],
  [
    "session_owner",
    404,
    () => ({ headers: { "mcp-session-id": session, authorization: "Bearer bob-token" }, body: PING }),
  ],
  ["already_initialized", 400, () => ({ headers: { "mcp-session-id": session }, body: JSON.stringify(INITIALIZE) })],
  ["too_many_sessions", 503, () => ({ body: JSON.stringify(INITIALIZE) })],
];

/** The id of the message whose body was read before it was refused. */
function idKnown(reason: string): number | null {
  if (["already_initialized", "too_many_sessions"].includes(reason)) return 1;
  return ["missing_session", "unknown_session", "session_owner", "unsupported_version"].includes(reason) ? 2 : null;
}

for (const [reason, status, sent] of CASES) {
  test(`a request refused for ${reason} gets ${status}, a JSON-RPC error, one count and one log line`, async () => {
    const answer = await send(sent());
    assert.equal(answer.status, status, answer.text);
    const { jsonrpc, id, error } = JSON.parse(answer.text);
    assert.deepEqual({ jsonrpc, id, code: typeof error.code }, { jsonrpc: "2.0", id: idKnown(reason), code: "number" });
    assert.doesNotMatch(answer.text, /evil|at .*\.ts|<html/);
    assert.equal(await server.metric(`mcp_http_rejections_total{reason="${reason}"}`), 1);
    await server.line((line) => line.msg === "request refused" && line.reason === reason);
    assert.equal(server.lines().filter((line) => line.reason === reason).length, 1);
  });
}

test("a HEAD of the root path, by which the probe and load balancers ask for HTTP, is no refused request", async () => {
  const series = 'mcp_http_rejections_total{reason="not_found"}';
  const before = (await server.metric(series)) ?? 0;
  assert.equal((await fetch(new URL("/", server.url), { method: "HEAD" })).status, 200);
  assert.equal((await server.metric(series)) ?? 0, before);
  assert.equal((await fetch(new URL("/other", server.url), { method: "HEAD" })).status, 404);
  assert.equal(await server.metric(series), before + 1);
});

const AUTHENTICATIONS: readonly (readonly [result: string, header: string | undefined, status: number])[] = [
  ["success", "Bearer alice-token", 200],
  ["missing_token", undefined, 401],
  ["malformed_header", "Basic YWxpY2U6", 401],
  ["unknown_token", "Bearer revoked", 401],
];
for (const [result, authorization, status] of AUTHENTICATIONS) {
  test(`an authentication with the result ${result} is counted once`, async () => {
    const series = `mcp_authentications_total{result="${result}"}`;
    const before = (await server.metric(series)) ?? Number.NaN;
    const { authorization: _, ...others } = JSON_HEADERS;
    const headers = { ...others, "mcp-session-id": session, ...(authorization !== undefined && { authorization }) };
    const answer = await fetch(server.url, { method: "POST", headers, body: PING });
    await answer.text();
    assert.equal(answer.status, status);
    assert.equal(await server.metric(series), before + 1);
  });
}

test("a body that cannot be unpacked is malformed, not a failure of the edge", async () => {
  const before = (await server.metric('mcp_http_rejections_total{reason="malformed_json"}')) ?? 0;
  for (const encoding of ["gzip", "deflate", "br"]) {
    const answer = await send({ headers: { "content-encoding": encoding }, body: PING });
    assert.equal(answer.status, 400, answer.text);
    assert.equal(JSON.parse(answer.text).error.code, -32700);
  }
  assert.equal(await server.metric('mcp_http_rejections_total{reason="malformed_json"}'), before + 3);
});

test("parameters that do not fit a method's schema are the caller's fault, and named by the schema's words", async () => {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 7, method: "tools/call", params: { arguments: { secret: 1 } } });
  const answer = await send({ headers: { "mcp-session-id": session }, body });
  assert.match(answer.text, /"error":{"code":-32602,"message":"MCP error -32602: Invalid params: see params\.name"}/);
  const line = await server.line(({ request_id }) => request_id === "7");
  assert.equal(line.outcome, "rejected");
});

test("another subject's session is not told apart from one that never was", async () => {
  const foreign = await send({
    headers: { "mcp-session-id": session, authorization: "Bearer bob-token" },
    body: PING,
  });
  const unknown = await send({ headers: { "mcp-session-id": "nobody" }, body: PING });
  assert.deepEqual([foreign.status, foreign.text], [unknown.status, unknown.text]);
});

const SERVED: readonly Readonly<Record<string, string>>[] = [
  { accept: "*/*" },
  { accept: "Application/*, Text/Event-Stream;q=0.1" },
  { "content-type": "Application/JSON; charset=us-ascii" },
  { "content-type": 'application/json;charset="UTF8"' },
];
for (const headers of SERVED) {
  test(`a request with ${JSON.stringify(headers)} is served`, async () => {
    const answer = await send({ headers: { "mcp-session-id": session, ...headers }, body: PING });
    assert.equal(answer.status, 200, answer.text);
  });
}

test("an initialize whose header has a newer revision is negotiated; a later request is refused", async (t) => {
  const other = await runServer();
  t.after(() => other.stop());
  const version = { "mcp-protocol-version": "2099-01-01" };
  const params = { ...INITIALIZE.params, protocolVersion: "2099-01-01" };
  const opened = await send({ headers: version, body: JSON.stringify({ ...INITIALIZE, params }) }, other.url);
  assert.match(opened.text, /"protocolVersion":"2025-11-25"/);
  const id = String(opened.headers["mcp-session-id"]);
  const later = await send({ headers: { ...version, "mcp-session-id": id }, body: PING }, other.url);
  assert.equal(later.status, 400);
  assert.equal(await other.metric('mcp_http_rejections_total{reason="unsupported_version"}'), 1);
});

test("the owner of a session is still served", async () => {
  const answer = await send({ headers: { "mcp-session-id": session }, body: PING });
  assert.equal(answer.status, 200);
});
