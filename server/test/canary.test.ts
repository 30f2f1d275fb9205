/** A secret is put in at every place a caller controls, and is found in nothing that the telemetry emits. */
import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Client as Client2, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { z } from "zod";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { type Emissions, type RunningServer, runServer, runStdio } from "../../test/support/running-server.ts";

const FIXTURE = "server/test/fixture-server.ts";
const FIXTURE_2 = "server/test/fixture-server-2.ts";
const SECRET = "canary-hunter2-vermilion";
const ANYTHING = z.object({}).loose();
const TRACEPARENT = "00-11111111111111111111111111111111-1111111111111111-01";

/** Every path through MCP itself. */
const PATHS: Readonly<Record<string, (client: Client, downstream: string) => Promise<unknown>>> = {
  "argument and result": (client) => client.callTool({ name: "echo", arguments: { value: SECRET } }),
  "argument that is refused": (client) => client.callTool({ name: "wait", arguments: { ms: SECRET } }),
  "argument name": (client) => client.callTool({ name: "echo", arguments: { value: "x", [SECRET]: 1 } }),
  "handler's error and its cause": (client) => client.callTool({ name: "fail", arguments: { value: SECRET } }),
  "outgoing URL by fetch": (client, url) =>
    client.callTool({ name: "fetch", arguments: { url: `${url}${SECRET}?q=${SECRET}` } }),
  "outgoing URL by node:http": (client, url) =>
    client.callTool({ name: "get", arguments: { url: `${url}${SECRET}?q=${SECRET}` } }),
  "outgoing URL to nowhere": (client) =>
    client.callTool({ name: "fetch", arguments: { url: `http://127.0.0.1:1/${SECRET}` } }),
  "unknown tool": (client) => client.callTool({ name: SECRET, arguments: {} }),
  "unknown method": (client) => client.request({ method: SECRET }, ANYTHING),
  "unknown notification": (client) => client.notification({ method: `notifications/${SECRET}` } as never),
  "unknown prompt": (client) => client.getPrompt({ name: SECRET, arguments: {} }),
  "prompt variable": (client) => client.getPrompt({ name: "greet", arguments: { name: SECRET } }),
  "prompt's error": (client) => client.getPrompt({ name: "broken", arguments: { name: SECRET } }),
  "resource URI": (client) => client.readResource({ uri: `note://${SECRET}:${SECRET}@store/1?${SECRET}#${SECRET}` }),
  "resource URI that matches a template": (client) => client.readResource({ uri: `note://store/${SECRET}` }),
  "resource URIs that are not registered": async (client) => {
    for (const uri of [`data:,${SECRET}`, `mailto:${SECRET}@localhost`, `file:///home/${SECRET}`]) {
      await client.readResource({ uri }).catch(() => {});
    }
  },
  "progress token and _meta": (client) =>
    client.callTool({ name: "echo", arguments: { value: "x" }, _meta: { progressToken: SECRET, [SECRET]: SECRET } }),
  "baggage and tracestate": (client, url) =>
    client.callTool({
      name: "fetch",
      arguments: { url },
      _meta: { traceparent: TRACEPARENT, tracestate: `vendor=${SECRET}`, baggage: `colour=${SECRET},${SECRET}=1` },
    }),
  "cancellation reason": async (client) => {
    const abort = new AbortController();
    const call = client.callTool({ name: "wait", arguments: { ms: 300 } }, undefined, { signal: abort.signal });
    setTimeout(() => abort.abort(SECRET), 50);
    await call;
  },
};

async function walk(client: Client, server: Emissions, downstream: string): Promise<void> {
  for (const path of Object.values(PATHS)) await path(client, downstream).catch(() => {});
  await server.untilRequests(Object.keys(PATHS).length, () => true);
}

/** A downstream service; by name only these baggage members are ever sent on. */
async function downstreamService() {
  const received: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    received.push(request.headers);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

/** Everything the inspector says, of each session and of all. */
async function inspected(server: Emissions): Promise<string> {
  const read = async (path: string) => (await fetch(await server.metricsUrl(path))).text();
  const everything = await read("/inspect.json");
  const { sessions } = JSON.parse(everything) as { sessions: { id: string }[] };
  const pages = sessions.flatMap(({ id }) => [`/inspect?session=${id}`, `/inspect.json?session=${id}`]);
  return [everything, await askedAsAgent(server), ...(await Promise.all(["/inspect", ...pages].map(read)))].join("\n");
}

/** Everything that the inspector's tools say. */
async function askedAsAgent(server: Emissions): Promise<string> {
  const url = await server.metricsUrl("/inspect/mcp");
  const call = async (name: string, args: object = {}) => {
    const message = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } };
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(message) });
    const { result } = (await answer.json()) as { result: { content: [{ text: string }] } };
    return result.content[0].text;
  };
  const found = await call("find_calls");
  const { calls } = JSON.parse(found) as { calls: { trace_id: string; span_id: string; session: string }[] };
  const details = calls.flatMap(({ trace_id, span_id, session }) => [
    call("get_trace", { trace_id, span_id }),
    call("get_session", { session }),
  ]);
  const others = ["list_sessions", "explain_errors", "tool_stats"].map((name) => call(name));
  return [found, ...(await Promise.all([...others, ...details]))].join("\n");
}

/** The client of SDK 2 has the same methods, as far as they are called here. */
async function clientOfSdk2({ url }: RunningServer, headers: Record<string, string>): Promise<Client> {
  const client = new Client2(
    { name: "canary", version: SECRET },
    { versionNegotiation: { mode: { pin: "2026-07-28" } } },
  );
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }));
  return client as unknown as Client;
}

/** The test's own clients have a version that is one. */
async function initializeWithSecretVersion({ url }: RunningServer): Promise<void> {
  const clientInfo = { name: "canary", version: SECRET };
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
  const headers = { accept: "application/json, text/event-stream", "content-type": "application/json" };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params });
  const answer = await fetch(url, { method: "POST", headers, body });
  assert.match(await answer.text(), /"serverInfo"/);
}

for (const transport of ["http", "stdio", "http without sessions"]) {
  test(`over ${transport}, no span, line, label or exemplar holds it, nor does the inspector`, async (t) => {
    const receiver = await otlpReceiver();
    const downstream = await downstreamService();
    const own = {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      LOG_LEVEL: "debug",
      MCP_TRACE_HTTP: "1",
      MCP_INSPECT: "1",
    };
    const isStateless = transport === "http without sessions";
    const server =
      transport === "stdio" ? await runStdio(own, FIXTURE) : await runServer(own, isStateless ? FIXTURE_2 : FIXTURE);
    t.after(async () => {
      await server.stop();
      await receiver.close();
      downstream.server.close();
    });
    const headers = { "x-secret": SECRET, "user-agent": SECRET, cookie: SECRET, "x-forwarded-for": SECRET };
    const client =
      typeof server.client !== "function"
        ? server.client
        : isStateless
          ? await clientOfSdk2(server as RunningServer, headers)
          : await server.client({ headers });
    if (transport === "http") await initializeWithSecretVersion(server as RunningServer);
    await walk(client, server, downstream.url);
    const metrics = await server.metrics();
    const inspector = await inspected(server);
    await client.close();
    await server.stop();

    const names = receiver.spans.map(({ name }) => name);
    for (const expected of ["tools/call echo", "tools/call _OTHER", "prompts/get _OTHER", "_OTHER", "GET"]) {
      assert.ok(names.includes(expected), `${expected} was walked`);
    }
    const leaking = receiver.spans.filter((span) => JSON.stringify(span).includes(SECRET));
    assert.deepEqual(
      leaking.map(({ name, attributes, events }) => [name, attributes, events]),
      [],
    );
    assert.ok(!Buffer.concat(receiver.bodies).includes(SECRET), "nor in what this test does not decode");
    assert.deepEqual(
      server.lines().filter((line) => JSON.stringify(line).includes(SECRET)),
      [],
    );
    assert.doesNotMatch(server.text(), new RegExp(SECRET));
    assert.doesNotMatch(metrics, new RegExp(SECRET));
    assert.match(inspector, /"kind":"span","at"[^}]*"name":"GET"/, "the inspector was walked to its spans");
    assert.doesNotMatch(inspector, new RegExp(SECRET));
    assert.doesNotMatch(String(downstream.received.at(-1)?.baggage), new RegExp(`(agent.run_id|tenant.id)=${SECRET}`));
  });
}

test("no body of an edge rejection holds it, nor what is logged of one", async (t) => {
  const server = await runServer();
  t.after(() => server.stop());
  const accept = "application/json, text/event-stream";
  const json = { accept, "content-type": "application/json" };
  const initialized = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping", params: { secret: SECRET } });
  const requests: readonly RequestInit[] = [
    { method: "POST", headers: json, body: `{"${SECRET}":` },
    { method: "POST", headers: json, body: `{"${SECRET}":"${SECRET}"}` },
    { method: "POST", headers: { ...json, accept: SECRET }, body: initialized },
    { method: "POST", headers: { ...json, "content-type": SECRET }, body: initialized },
    { method: "POST", headers: { ...json, "mcp-session-id": SECRET }, body: initialized },
    { method: "POST", headers: { ...json, "mcp-protocol-version": SECRET }, body: initialized },
    { method: "POST", headers: { ...json, origin: `https://${SECRET}.example` }, body: initialized },
    { method: "POST", headers: { ...json, "content-encoding": SECRET }, body: initialized },
    { method: "PATCH", headers: { ...json, authorization: `Bearer ${SECRET}` }, body: initialized },
    { method: "GET", headers: { accept: "text/event-stream", "mcp-session-id": SECRET } },
    { method: "DELETE", headers: { "mcp-session-id": SECRET } },
  ];
  for (const request of requests) {
    const answer = await fetch(server.url, request);
    const body = await answer.text();
    assert.ok(answer.status >= 400, body);
    assert.doesNotMatch(body, new RegExp(SECRET));
    assert.equal(JSON.parse(body).jsonrpc, "2.0");
  }
  const other = await fetch(new URL(`/${SECRET}/%E0%A4%A`, server.url));
  assert.doesNotMatch(await other.text(), new RegExp(SECRET));
  await server.line(({ msg }) => msg === "request refused");
  assert.doesNotMatch(server.text() + (await server.metrics()), new RegExp(SECRET));
});

test("the first line names the back end by its host, without user, path and query", async (t) => {
  const endpoint = `http://${SECRET}:${SECRET}@127.0.0.1:1/${SECRET}?${SECRET}#${SECRET}`;
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
  t.after(() => server.stop());
  assert.match(server.text(), /endpoint=http:\/\/127\.0\.0\.1:1 protocol=/);
  assert.doesNotMatch(server.text(), new RegExp(SECRET));
});
