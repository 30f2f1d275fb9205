/** A server in front of other servers: what clients see of them, and what is seen of the calls. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { type TestContext, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { CreateMessageRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { breakableLine } from "../../test/support/breakable-line.ts";
import { CLIENT_KINDS } from "../../test/support/era-clients.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { INITIALIZE, PING, post } from "../../test/support/raw-session.ts";
import { type Recorded, type RecordingUpstream, recordingUpstream } from "../../test/support/recording-upstream.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { tokensFile } from "../../test/support/tokens-file.ts";
import { upstreamsFile } from "../../test/support/upstreams-file.ts";
import { until } from "../../test/support/wait.ts";

const SECRET = "canary-hunter2-vermilion";
const TRACEPARENT = "00-11111111111111111111111111111111-1111111111111111-01";
const CALL = '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"x"}}';
const RECONNECTION = {
  initialReconnectionDelay: 50,
  maxReconnectionDelay: 50,
  reconnectionDelayGrowFactor: 1,
  maxRetries: 1000,
};
const EVENTS = { "content-type": "text/event-stream" };

async function started(t: TestContext, own: Record<string, string>, main?: string): Promise<RunningServer> {
  const server = await runServer(own, main);
  t.after(() => server.stop());
  return server;
}

const proxyOf = (t: TestContext, { url }: { readonly url: URL }, own: Record<string, string> = {}) =>
  started(t, { ...own, MCP_UPSTREAM: url.href });

function json(response: ServerResponse, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

const INITIALIZED = { jsonrpc: "2.0", id: 1, result: { protocolVersion: "2025-11-25", capabilities: {} } };

/** Opens a session for `initialize`, and answers the rest as the test wants. */
const upstreamWithSessions = (
  t: TestContext,
  answer: (request: Recorded, response: ServerResponse) => void,
): Promise<RecordingUpstream> =>
  recordingUpstream(t, (request, response) => {
    if (request.body.includes("initialize")) json(response, INITIALIZED, { "mcp-session-id": "the-upstream's" });
    else answer(request, response);
  });

/** @returns the id that the proxy gives */
async function openSession(proxy: RunningServer, headers: Record<string, string> = {}): Promise<string> {
  const answer = await post(proxy, INITIALIZE, headers);
  await answer.text();
  return answer.headers.get("mcp-session-id") ?? assert.fail("no session");
}

test("clients of both eras call through it; spans are one trace, in the header and in _meta; nothing said is kept", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const own = (name: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_SERVICE_NAME: name });
  const upstream = await started(t, own("upstream"));
  const proxy = await proxyOf(t, upstream, own("proxy"));
  const lister = await proxy.client();
  const { tools } = await lister.listTools();
  assert.ok(tools.length > 3);
  for (const kind of CLIENT_KINDS) {
    const client = await kind.connect({ url: proxy.url }, "test");
    const _meta = { traceparent: TRACEPARENT };
    const answer = await client.callTool({ name: "add", arguments: { a: 1, b: 2, [SECRET]: SECRET }, _meta });
    assert.deepEqual(answer.structuredContent, { sum: 3 }, kind.title);
    await client.close();
  }
  await lister.callTool({ name: SECRET, arguments: {} }).catch(() => {});
  const calls = await proxy.untilRequests(CLIENT_KINDS.length + 1, ({ method }) => method === "tools/call");
  assert.deepEqual(
    calls.map(({ tool_name, outcome }) => [tool_name, outcome]),
    [...CLIENT_KINDS.map(() => ["add", "success"]), ["_OTHER", "rejected"]],
  );
  assert.equal(await proxy.metric('mcp_tool_calls_total{tool_name="add",status="success",transport="http"}'), 4);
  for (const call of calls.slice(0, -1)) {
    const [outer, inner] = await receiver.until((spans) => {
      const found = spans.filter(({ name, traceId }) => name === "tools/call add" && traceId === call.trace_id);
      const parent = found.find(({ service, spanId }) => service === "proxy" && spanId === call.span_id);
      const child = found.find(({ service, parentSpanId }) => service === "upstream" && parentSpanId === call.span_id);
      return parent && child && [parent, child];
    });
    assert.deepEqual([outer.parentSpanId, inner.traceId], ["1".repeat(16), "1".repeat(32)]);
  }
  await lister.close();
  const said = [proxy.text(), await proxy.metrics(), ...receiver.bodies];
  assert.equal(
    said.some((text) => text.includes(SECRET)),
    false,
  );
});

test("a request gets the context in the header too, and an untrusted one is replaced", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const upstream = await recordingUpstream(t, (_request, response) => json(response, { jsonrpc: "2.0", id: 7 }));
  const own = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, MCP_TRUST_REMOTE_PARENT: "never" };
  const proxy = await proxyOf(t, upstream, own);
  await (await post(proxy, CALL, { traceparent: TRACEPARENT })).text();
  const { headers, body } = upstream.requests[0] ?? assert.fail("no request");
  const { _meta, name } = JSON.parse(body.toString()).params;
  const [line] = await proxy.untilRequests(1, ({ method }) => method === "tools/call");
  assert.deepEqual([name, _meta.traceparent], ["x", `00-${line?.trace_id}-${line?.span_id}-01`]);
  assert.match(String(headers.traceparent), new RegExp(`^00-${line?.trace_id}-(?!${line?.span_id})`));
  assert.notEqual(line?.trace_id, "1".repeat(32));
});

test("a session has an id of its own, belongs to its caller, and ends with the upstream server's", async (t) => {
  const upstream = await upstreamWithSessions(t, ({ method }, response) => {
    if (method === "DELETE") response.writeHead(204).end();
    else json(response, { jsonrpc: "2.0", id: 2, result: {} }, { "mcp-session-id": "the-upstream's" });
  });
  const own = { MCP_AUTH_TOKENS_FILE: tokensFile({ alice: "alice", bob: "bob" }), MCP_REPLICA: "replica-1" };
  const proxy = await proxyOf(t, upstream, own);
  const alice = { authorization: "Bearer alice" };
  const session = { "mcp-session-id": await openSession(proxy, alice) };
  assert.match(session["mcp-session-id"], /^replica-1\.[\da-f-]{36}$/);
  const answer = await post(proxy, PING, { ...alice, ...session });
  assert.equal(answer.headers.get("mcp-session-id"), session["mcp-session-id"]);
  const { headers } = upstream.requests.at(-1) ?? assert.fail("no request");
  assert.deepEqual([headers["mcp-session-id"], headers.authorization], ["the-upstream's", undefined]);
  const status = async (own: Record<string, string>) => (await post(proxy, PING, own)).status;
  assert.deepEqual(
    [
      await status({ authorization: "Bearer bob", ...session }),
      await status({ ...alice, "mcp-session-id": "the-upstream's" }),
      await status(session),
    ],
    [404, 404, 401],
  );
  assert.equal(upstream.requests.length, 2, "what is refused does not reach the upstream server");
  const ended = await fetch(proxy.url, { method: "DELETE", headers: { ...alice, ...session } });
  assert.equal(ended.status, 204);
  assert.equal(await status({ ...alice, ...session }), 404);
  const line = await proxy.line(({ msg }) => msg === "session ended");
  assert.deepEqual([line.session_id, line.end_reason], [session["mcp-session-id"], "client_delete"]);
  for (const reason of ["session_owner", "unknown_session", "auth"]) {
    assert.ok(await proxy.metric(`mcp_http_rejections_total{reason="${reason}"}`), reason);
  }
});

test("a session that the upstream server no longer knows ends, and its client is told so", async (t) => {
  const upstream = await upstreamWithSessions(t, (_request, response) => response.writeHead(404).end("gone"));
  const proxy = await proxyOf(t, upstream);
  const answer = await post(proxy, PING, { "mcp-session-id": await openSession(proxy) });
  assert.deepEqual([answer.status, await answer.text()], [404, "gone"]);
  assert.equal((await proxy.line(({ msg }) => msg === "session ended")).end_reason, "transport_closed");
  const [line] = await proxy.untilRequests(1, ({ method }) => method === "ping");
  assert.deepEqual([line?.outcome, line?.reason], ["rejected", "invalid_request"]);
});

test("a session that ends here is ended at the upstream server: idle, for a newer one, and at shutdown", async (t) => {
  const upstream = await upstreamWithSessions(t, (_request, response) => response.writeHead(200).end());
  const deletes = () => upstream.requests.filter(({ method }) => method === "DELETE");
  const proxy = await proxyOf(t, upstream, { MCP_MAX_SESSIONS: "1", MCP_SESSION_IDLE_MS: "3000" });
  await openSession(proxy);
  await openSession(proxy);
  await until(() => deletes().length === 1, "a DELETE for the evicted session");
  await until(() => deletes().length === 2, "a DELETE for the idle session");
  await openSession(proxy);
  await proxy.stop();
  assert.equal(deletes().length, 3);
  assert.ok(deletes().every(({ headers }) => headers["mcp-session-id"] === "the-upstream's"));
  const ends = proxy.lines().filter(({ msg }) => msg === "session ended");
  assert.deepEqual(
    ends.map(({ end_reason }) => end_reason),
    ["evicted", "idle_timeout", "shutdown"],
  );
});

test("a server without sessions gets none: its calls are observed one by one", async (t) => {
  const upstream = await recordingUpstream(t, ({ body }, response) =>
    json(response, body.includes("initialize") ? INITIALIZED : { jsonrpc: "2.0", id: 7, result: {} }),
  );
  const proxy = await proxyOf(t, upstream);
  assert.equal((await post(proxy, INITIALIZE)).headers.get("mcp-session-id"), null);
  assert.equal((await post(proxy, CALL)).status, 200);
  const [line] = await proxy.untilRequests(1, ({ method }) => method === "tools/call");
  assert.deepEqual([line?.outcome, line?.session_id], ["success", undefined]);
  assert.equal(await proxy.metric('mcp_active_sessions{transport="http"}'), 0);
});

test("an upstream server that is down is a JSON-RPC error with its class, to the client and in the telemetry", async (t) => {
  const upstream = await runServer();
  const proxy = await proxyOf(t, upstream);
  await upstream.stop();
  const answer = await post(proxy, CALL);
  assert.equal(answer.status, 502);
  assert.deepEqual(await answer.json(), {
    jsonrpc: "2.0",
    id: 7,
    error: {
      code: -32000,
      message: "The upstream server cannot be reached (ECONNREFUSED)",
      data: { error_class: "upstream", retryable: true },
    },
  });
  const [line] = await proxy.untilRequests(1, ({ method }) => method === "tools/call");
  assert.deepEqual([line?.outcome, line?.error_class], ["error", "upstream"]);
  const { err } = await proxy.line(({ msg }) => msg === "the upstream server cannot be reached");
  assert.equal((err as { code: string }).code, "ECONNREFUSED");
  assert.equal(
    await proxy.metric('mcp_tool_errors_total{tool_name="_OTHER",error_class="upstream",retryable="true"}'),
    1,
  );
});

for (const [status, outcome, why] of [
  [400, "rejected", "invalid_request"],
  [403, "rejected", "invalid_request"],
  [429, "error", "rate_limit"],
  [500, "error", "upstream"],
  [504, "error", "timeout"],
  [200, "error", "upstream"],
] as const) {
  test(`an answer with status ${status} and no message is told as it is, and counts as ${outcome}`, async (t) => {
    const upstream = await recordingUpstream(t, (_request, response) => response.writeHead(status).end("why"));
    const proxy = await proxyOf(t, upstream);
    const answer = await post(proxy, CALL);
    assert.deepEqual([answer.status, await answer.text()], [status, "why"]);
    const [line] = await proxy.untilRequests(1, ({ method }) => method === "tools/call");
    assert.deepEqual([line?.outcome, line?.error_class ?? line?.reason], [outcome, why]);
  });
}

test("a stream that breaks before its answer ends with an error, unless the client can resume it", async (t) => {
  let events = ": nothing yet\n\n";
  const upstream = await recordingUpstream(t, (_request, response) => {
    response.writeHead(200, EVENTS).write(events, () => response.destroy());
  });
  const proxy = await proxyOf(t, upstream);
  const answer = await post(proxy, CALL);
  const text = await answer.text();
  assert.ok(text.startsWith(`${events}event: message\ndata: {`), text);
  const { id, error } = JSON.parse(text.split("data: ")[1] ?? "");
  assert.deepEqual([id, error.data.error_class], [7, "upstream"]);
  events = "id: 1\ndata:\n\n";
  await assert.rejects(async () => (await post(proxy, CALL)).text());
  const lines = await proxy.untilRequests(1, ({ method }) => method === "tools/call");
  assert.deepEqual([lines[0]?.outcome, lines[0]?.error_class], ["error", "upstream"]);
});

test("each message of a batch is observed, in a body and in an event", async (t) => {
  const answers = '[{"jsonrpc":"2.0","id":1,"result":{}},{"jsonrpc":"2.0","id":2,"error":{"code":-32603}}]';
  let isStream = false;
  const upstream = await recordingUpstream(t, (_request, response) => {
    if (isStream) response.writeHead(200, EVENTS).end(`data: ${answers}\n\n`);
    else json(response, JSON.parse(answers));
  });
  const proxy = await proxyOf(t, upstream);
  const batch = '[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]';
  for (const stream of [false, true]) {
    isStream = stream;
    assert.ok((await (await post(proxy, batch)).text()).includes(answers));
  }
  assert.ok((await (await post(proxy, '[{"jsonrpc":"2.0","id":1,"method":"ping"}]')).text()).includes(answers));
  const lines = await proxy.untilRequests(5, ({ method }) => method === "ping");
  assert.deepEqual(
    lines.map(({ outcome }) => outcome),
    ["success", "error", "success", "error", "success"],
  );
});

test("a client that leaves is gone for the upstream server too, and its call is cancelled", async (t) => {
  const left = Promise.withResolvers<void>();
  const upstream = await recordingUpstream(t, (_request, response) => {
    response.once("close", () => left.resolve());
    response.writeHead(200, EVENTS).write(": wait\n\n");
  });
  const proxy = await proxyOf(t, upstream);
  const abort = new AbortController();
  const answer = await fetch(proxy.url, {
    method: "POST",
    headers: { accept: "application/json, text/event-stream", "content-type": "application/json" },
    body: CALL,
    signal: abort.signal,
  });
  await answer.body?.getReader().read();
  abort.abort();
  await left.promise;
  const [line] = await proxy.untilRequests(1, ({ method }) => method === "tools/call");
  assert.equal(line?.outcome, "cancelled");
});

test("a stream that breaks during a call goes on where it was", async (t) => {
  const upstream = await started(t, {}, "server/test/resumable-server.ts");
  const proxy = await proxyOf(t, upstream);
  const network = await breakableLine(t, proxy.url);
  const client = new Client({ name: "test", version: "1.0.0" });
  client.onerror = () => {};
  await client.connect(
    new StreamableHTTPClientTransport(network.url, { reconnectionOptions: RECONNECTION }) as Transport,
  );
  const reports: number[] = [];
  const answer = await client.callTool({ name: "countdown", arguments: { from: 20 } }, undefined, {
    onprogress({ progress }) {
      reports.push(progress);
      if (progress !== 2) return;
      network.cut();
      network.restore();
    },
  });
  assert.deepEqual(answer.structuredContent, { steps: 20 });
  assert.deepEqual(
    reports,
    Array.from({ length: 20 }, (_, step) => step + 1),
  );
  const [line] = await proxy.untilRequests(1, ({ method }) => method === "tools/call");
  assert.equal(line?.outcome, "success");
  await client.close();
  await proxy.untilMetric("mcp_open_streams", 0);
});

test("a server asks the client through it, and the client's answer arrives", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const upstream = await started(t, {}, "server/test/fixture-server.ts");
  const proxy = await proxyOf(t, upstream, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const client = await proxy.client();
  client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => ({
    model: String(params._meta?.traceparent),
    role: "assistant",
    content: { type: "text", text: "" },
  }));
  const answer = await client.callTool({ name: "ask", arguments: {} });
  const [{ text }] = answer.content as [{ text: string }];
  const span = await receiver.until((spans) => spans.find(({ name }) => name === "sampling/createMessage"));
  assert.equal(text, `00-${span.traceId}-${span.spanId}-01`);
  assert.equal(span.kind, 3);
  await client.close();
});

test("what the document says stands in front of one server, and of several", async (t) => {
  const upstream = await upstreamWithSessions(t, (_request, response) => response.writeHead(200).end());
  const document = readFileSync(new URL("../../docs/add-to-your-server.md", import.meta.url), "utf8");
  const textOf = (name: string) =>
    document
      .split(`title=${name}\n`)[1]
      ?.split("```")[0]
      ?.replaceAll(/127\.0\.0\.1:800\d/g, upstream.url.host) ?? assert.fail(name);
  const variables = textOf("one.env")
    .trim()
    .split("\n")
    .map((line) => line.split("=") as [string, string]);
  const one = await started(t, { ...Object.fromEntries(variables), OTEL_SDK_DISABLED: "1" });
  await openSession(one);
  assert.equal((await one.line(({ msg }) => msg === "session started")).service_name, "weather");
  const file = upstreamsFile({});
  writeFileSync(file, textOf("upstreams.yaml"));
  const several = await started(t, { MCP_UPSTREAMS_FILE: file });
  const paths = several.lines().flatMap(({ msg, url }) => (msg === "listening" ? [new URL(String(url)).pathname] : []));
  assert.deepEqual(paths, ["/mcp/weather", "/mcp/files"]);
  await openSession(several);
  assert.equal((await several.line(({ msg }) => msg === "session started")).mcp_server, "weather");
});

for (const [content, problem] of [
  ["", "expected"],
  ["Weather: http://127.0.0.1/mcp", "expected names"],
  ["weather: ftp://127.0.0.1/mcp", "weather: expected a URL"],
  ["weather: [", "is not YAML"],
] as const) {
  test(`a file of servers with "${content}" is refused at the start, and says why`, async () => {
    const file = upstreamsFile({});
    writeFileSync(file, content);
    await assert.rejects(runServer({ MCP_UPSTREAMS_FILE: file }), ({ message }: Error) => {
      assert.match(message, /MCP_UPSTREAMS_FILE: /);
      assert.ok(message.includes(problem), message);
      return true;
    });
  });
}

test("several servers have a path, a label, fields and names of their own", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const one = await started(t, {});
  const other = await started(t, {}, "server/test/fixture-server.ts");
  const file = upstreamsFile({ one: one.url, other: other.url });
  const proxy = await started(t, { MCP_UPSTREAMS_FILE: file, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  for (const name of ["one", "other"]) {
    const client = new Client({ name: "test", version: "1.0.0" });
    await client.connect(new StreamableHTTPClientTransport(new URL(`/mcp/${name}`, proxy.url)) as Transport);
    await client.listTools();
    await client.callTool({ name: "echo", arguments: { value: "x" } }).catch(() => {});
    await client.close();
  }
  const series = (server: string, tool: string, status: string) =>
    proxy.metric(
      `mcp_tool_calls_total{tool_name="${tool}",mcp_server="${server}",status="${status}",transport="http"}`,
    );
  assert.deepEqual([await series("one", "_OTHER", "rejected"), await series("other", "echo", "success")], [1, 1]);
  assert.equal(await series("one", "echo", "success"), undefined);
  for (const name of ["one", "other"]) {
    assert.equal(await proxy.metric(`mcp_active_sessions{transport="http",mcp_server="${name}"}`), 1);
    assert.ok(await proxy.metric(`mcp_tools_list_bytes{mcp_server="${name}"}`));
  }
  const [line] = await proxy.untilRequests(1, ({ tool_name }) => tool_name === "echo");
  assert.equal(line?.mcp_server, "other");
  const span = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call echo"));
  assert.deepEqual([span.attributes["mcp.server"], span.traceId], ["other", line?.trace_id]);
  const unknown = await fetch(new URL("/mcp/third", proxy.url), { method: "POST" });
  assert.equal(unknown.status, 404);
  const refused = await fetch(new URL("/mcp/one", proxy.url), { method: "PATCH" });
  assert.equal(refused.status, 405);
  const { mcp_server } = await proxy.line(({ reason }) => reason === "method_not_allowed");
  assert.equal(mcp_server, undefined, "the edge refuses such a request before it chooses a server");
});
