/** Parents and links, in the contract's order; baggage; what is sent on. */
import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, type TestContext, test } from "node:test";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { ANY_RATE, hundred } from "../../test/support/batch.ts";
import { type OtlpReceiver, otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { type RunningServer, runServer, runStdio } from "../../test/support/running-server.ts";
import { tokensFile } from "../../test/support/tokens-file.ts";

const FIXTURE = "server/test/fixture-server.ts";
const META = { traceId: "11111111111111111111111111111111", spanId: "1111111111111111" };
const HEADER = { traceId: "22222222222222222222222222222222", spanId: "2222222222222222" };
const traceparent = ({ traceId, spanId }: typeof META) => `00-${traceId}-${spanId}-01`;

interface Started {
  readonly receiver: OtlpReceiver;
  readonly server: RunningServer;
  end(): Promise<void>;
}

async function started(own: Record<string, string> = {}, main?: string): Promise<Started> {
  const receiver = await otlpReceiver();
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...own }, main);
  return {
    receiver,
    server,
    async end() {
      await server.stop();
      await receiver.close();
    },
  };
}

async function start(t: TestContext, own: Record<string, string>, main?: string): Promise<Started> {
  const all = await started(own, main);
  t.after(() => all.end());
  return all;
}

const add = (client: Client, meta?: Record<string, unknown>) =>
  client.callTool({ name: "add", arguments: { a: 1, b: 1 }, ...(meta && { _meta: meta }) });

/** One for every test that needs nothing of its own. */
let usual: Started;
before(async () => {
  usual = await started();
});
after(() => usual?.end());

const spanNamed = (receiver: OtlpReceiver, wanted: string) =>
  receiver.until((spans) => spans.find(({ name }) => name === wanted));

/** The `tools/call add` span and the session span of a client that sends what it is given. */
async function called({ receiver, server }: Started, headers: Record<string, string>, meta?: Record<string, unknown>) {
  const client = await server.client({ headers });
  const { sessionId } = client.transport ?? {};
  await add(client, meta);
  await endSession(client);
  const own = (wanted: string) =>
    receiver.until((spans) =>
      spans.find(({ name, attributes }) => name === wanted && attributes["mcp.session.id"] === sessionId),
    );
  return { sessionId, call: await own("tools/call add"), session: await own("mcp.session") };
}

async function endSession(client: Client): Promise<void> {
  await (client.transport as unknown as { terminateSession(): Promise<void> }).terminateSession();
  await client.close();
}

test("_meta comes before the HTTP header, and the session is linked", async () => {
  const headers = { traceparent: traceparent(HEADER) };
  const { call, session } = await called(usual, headers, { traceparent: traceparent(META) });
  assert.deepEqual([call.traceId, call.parentSpanId], [META.traceId, META.spanId]);
  assert.deepEqual(call.links, [{ traceId: session.traceId, spanId: session.spanId }]);
});

test("without _meta the HTTP header is the parent, of the session too", async () => {
  const { call, session } = await called(usual, { traceparent: traceparent(HEADER) });
  assert.deepEqual([call.traceId, call.parentSpanId], [HEADER.traceId, HEADER.spanId]);
  assert.deepEqual([session.traceId, session.parentSpanId], [HEADER.traceId, HEADER.spanId]);
});

test("without either, or with one that is malformed, the session's span is the parent", async () => {
  const { call, session } = await called(usual, {}, { traceparent: "00-nonsense-01" });
  assert.deepEqual([call.traceId, call.parentSpanId], [session.traceId, session.spanId]);
  assert.equal(session.parentSpanId, "");
});

test("over stdio _meta is the parent, and without it a call is a root", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const server = await runStdio({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  await add(server.client, { traceparent: traceparent(META) });
  await server.client.listTools();
  await server.stop();
  assert.equal((await spanNamed(receiver, "tools/call add")).parentSpanId, META.spanId);
  assert.equal((await spanNamed(receiver, "tools/list")).parentSpanId, "");
});

test("a context that is not trusted is a link, and its baggage is not read", async (t) => {
  const all = await start(t, { MCP_TRUST_REMOTE_PARENT: "never" });
  const { call, session } = await called(all, {}, { traceparent: traceparent(META), baggage: "agent.run_id=run-1" });
  assert.equal(call.parentSpanId, session.spanId);
  assert.deepEqual(call.links, [META]);
  assert.equal(call.attributes["agent.run_id"], undefined);
});

test("with a tokens file only authenticated callers are trusted", async (t) => {
  const tokens = tokensFile({ alice: "secret" });
  const all = await start(t, { MCP_AUTH_TOKENS_FILE: tokens });
  const { call } = await called(all, { authorization: "Bearer secret", traceparent: traceparent(HEADER) });
  assert.equal(call.parentSpanId, HEADER.spanId);
  assert.equal(call.attributes["user.id"], "alice");
  const open = await start(t, { MCP_TRUST_REMOTE_PARENT: "authenticated" });
  const anonymous = await called(open, { traceparent: traceparent(HEADER) });
  assert.equal(anonymous.call.parentSpanId, anonymous.session.spanId);
});

test("known baggage is on span and line; other members appear nowhere", async () => {
  const baggage = "agent.run_id=run-1,tenant.id=acme,colour=vermilion";
  const { call, sessionId } = await called(usual, {}, { traceparent: traceparent(META), baggage });
  assert.equal(call.attributes["agent.run_id"], "run-1");
  assert.equal(call.attributes["tenant.id"], "acme");
  const [line] = await usual.server.untilRequests(
    1,
    ({ tool_name, session_id }) => tool_name === "add" && session_id === sessionId,
  );
  assert.deepEqual([line?.agent_run_id, line?.tenant_id], ["run-1", "acme"]);
  assert.doesNotMatch(JSON.stringify([usual.receiver.spans, usual.server.lines()]), /vermilion/);
});

test("inbound HTTP is a span only with MCP_TRACE_HTTP=1, and then it is linked", async (t) => {
  await called(usual, {});
  assert.equal(
    usual.receiver.spans.some(({ name }) => name === "POST"),
    false,
  );
  const on = await start(t, { MCP_TRACE_HTTP: "1" });
  const { call, session } = await called(on, {});
  const post = await on.receiver.until((spans) => spans.find(({ spanId }) => spanId === call.links[0]?.spanId));
  assert.equal(post.name, "POST");
  assert.equal(post.kind, 2);
  assert.equal(call.parentSpanId, session.spanId);
});

test("a caller that is refused cannot write into a trace of its choice", async (t) => {
  const tokens = tokensFile({ alice: "secret" });
  const { receiver, server } = await start(t, { MCP_TRACE_HTTP: "1", MCP_AUTH_TOKENS_FILE: tokens });
  const headers = { traceparent: traceparent(HEADER), tracestate: "vendor=chosen" };
  assert.equal((await fetch(server.url, { method: "POST", headers })).status, 401);
  const refused = await spanNamed(receiver, "POST");
  assert.notEqual(refused.traceId, HEADER.traceId);
  assert.equal(refused.parentSpanId, "");
  const all = await start(t, { MCP_TRACE_HTTP: "1", MCP_TRUST_REMOTE_PARENT: "always" });
  await fetch(all.server.url, { method: "POST", headers });
  assert.equal((await spanNamed(all.receiver, "POST")).parentSpanId, HEADER.spanId);
  assert.ok(!Buffer.concat(all.receiver.bodies).includes("vendor=chosen"), "its tracestate is nowhere");
});

/** A downstream service that notes the headers it gets. @param movedTo where its path `/moved` redirects */
async function downstream(t: TestContext, movedTo?: string) {
  const received: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    received.push(request.headers);
    if (request.url === "/moved") response.writeHead(302, { location: movedTo });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

describe("what goes out below a call", () => {
  const servers: Record<string, Started> = {};
  before(async () => {
    for (const inject of ["1", "0"]) servers[inject] = await started({ MCP_OTEL_INJECT_TRACEPARENT: inject }, FIXTURE);
  });
  after(() => Promise.all(Object.values(servers).map(({ end }) => end())));

  for (const tool of ["fetch", "get"]) {
    test(`${tool === "fetch" ? "fetch" : "node:http"} takes the trace and all baggage on, unless that is switched off`, async (t) => {
      const { received, url } = await downstream(t);
      const meta = { traceparent: traceparent(META), baggage: "colour=vermilion" };
      for (const inject of ["1", "0"]) {
        const client = await servers[inject]?.server.client();
        await client?.callTool({ name: tool, arguments: { url }, _meta: meta });
        await client?.close();
      }
      assert.match(received[0]?.traceparent as string, new RegExp(`^00-${META.traceId}-[0-9a-f]{16}-01$`));
      assert.equal(received[0]?.baggage, "colour=vermilion");
      assert.equal(received.length, 2);
      assert.deepEqual([received[1]?.traceparent, received[1]?.baggage], [undefined, undefined]);
    });
  }
});

test("a redirect that fetch follows to another origin gets neither trace context nor baggage; one within the origin does", async (t) => {
  const { server } = await start(t, {}, FIXTURE);
  const other = await downstream(t);
  const client = await server.client();
  const baggage = "colour=vermilion";
  for (const [location, expected] of [
    [other.url, [undefined, undefined]],
    ["/", [`00-${META.traceId}`, baggage]],
  ] as const) {
    const { received, url } = await downstream(t, location);
    const meta = { traceparent: traceparent(META), baggage };
    await client.callTool({ name: "fetch", arguments: { url: `${url}moved` }, _meta: meta });
    const [first, second = other.received[0]] = received;
    assert.equal(first?.baggage, baggage);
    assert.deepEqual([(second?.traceparent as string | undefined)?.slice(0, 35), second?.baggage], expected);
  }
  assert.equal(other.received.length, 1, "it was followed");
});

test("after 1,000 operations a session's further ones are traces of their own, linked to it", async (t) => {
  const { receiver, server } = await start(t, ANY_RATE);
  const client = await server.client();
  for (let batch = 0; batch < 10; batch += 1) await hundred(server, client, "ping");
  await add(client);
  await endSession(client);
  const session = await spanNamed(receiver, "mcp.session");
  const call = await spanNamed(receiver, "tools/call add");
  assert.equal(call.parentSpanId, "");
  assert.notEqual(call.traceId, session.traceId);
  assert.deepEqual(call.links, [{ traceId: session.traceId, spanId: session.spanId }]);
});
