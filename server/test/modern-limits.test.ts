/** A caller without sessions has the same limits as one with them, and takes nothing from another caller. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { CLIENT_KINDS, type EraClient } from "../../test/support/era-clients.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { headersOf, message, sendRaw } from "../../test/support/stateless-request.ts";
import { tokensFile } from "../../test/support/tokens-file.ts";
import { until } from "../../test/support/wait.ts";

/** By subject. */
const TOKENS = { alice: "alice", bob: "bob", carol: "carol" } as const;
type Subject = keyof typeof TOKENS;
const ADD = { name: "add", arguments: { a: 1, b: 2 } };
/** Goes on when its client has left. */
const DEAF = { name: "fault", arguments: { mode: "deaf", ms: 2000 } };

async function start(t: TestContext, own: Record<string, string>) {
  const server = await runServer({ MCP_AUTH_TOKENS_FILE: tokensFile(TOKENS), ...own });
  t.after(() => server.stop());
  return server;
}

/** The client of SDK 2. */
async function connect(t: TestContext, { url }: RunningServer, subject: Subject): Promise<EraClient> {
  const { connect } = CLIENT_KINDS.find(({ title }) => title === "SDK 2 pinned") ?? assert.fail();
  const client = await connect({ url, headers: { authorization: `Bearer ${subject}` } }, subject);
  t.after(() => client.close());
  return client;
}

interface Sent {
  readonly method: string;
  readonly params?: Record<string, unknown>;
}

/** @param signal disconnects */
function send({ url }: RunningServer, subject: Subject, { method, params }: Sent, signal?: AbortSignal) {
  const headers = headersOf(method, params?.name === undefined ? undefined : String(params.name));
  return sendRaw(url, message(method, params), headers, { token: TOKENS[subject], ...(signal && { signal }) });
}

async function statusOf(answer: Promise<Response>): Promise<number> {
  const { status, body } = await answer;
  await body?.cancel();
  return status;
}

const calls = (server: RunningServer, inFlight: number) =>
  server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', inFlight);
const refusals = (server: RunningServer, reason: string) =>
  server.metric(`mcp_http_rejections_total{reason="${reason}"}`);

test("messages in flight of one caller are limited; another caller is served", async (t) => {
  const server = await start(t, { MCP_MAX_MESSAGES_IN_FLIGHT: "2" });
  const [alice, bob] = [await connect(t, server, "alice"), await connect(t, server, "bob")];
  const running = [alice.callTool(DEAF), alice.callTool(DEAF)];
  await calls(server, 2);
  await assert.rejects(alice.callTool(ADD), /Too many messages in flight/);
  assert.equal(await statusOf(send(server, "alice", { method: "tools/call", params: ADD })), 429);
  assert.equal((await bob.callTool(ADD)).isError, undefined);
  await Promise.all(running);
  await until(async () => (await alice.callTool(ADD).catch(() => undefined)) !== undefined, "alice is served again");
  assert.equal(await refusals(server, "too_many_messages"), 2);
});

for (const [what, limits, status] of [
  ["message", { MCP_MAX_MESSAGES_IN_FLIGHT: "1" }, 429],
  ["bytes", { MCP_MAX_BYTES_IN_FLIGHT: "100000", MCP_BODY_LIMIT: "100000" }, 503],
] as const) {
  test(`the ${what} of a cancelled call count until its handler has ended`, async (t) => {
    const server = await start(t, limits);
    const leaving = new AbortController();
    const pad = "x".repeat(90_000);
    const call = send(server, "alice", { method: "tools/call", params: { ...DEAF, pad } }, leaving.signal);
    await calls(server, 1);
    leaving.abort();
    await assert.rejects(call);
    await server.untilRequests(1, ({ outcome }) => outcome === "cancelled");
    const again = () => statusOf(send(server, "alice", { method: "tools/call", params: { ...ADD, pad } }));
    assert.equal(await again(), status);
    await until(async () => (await again()) === 200, "the handler has ended");
  });
}

test("one caller has half of the subscriptions, all callers together no more than the limit", async (t) => {
  const server = await start(t, { MCP_MAX_SUBSCRIPTIONS: "4", MCP_MAX_MESSAGES_IN_FLIGHT: "2" });
  const open: AbortController[] = [];
  t.after(() => {
    for (const one of open) one.abort();
  });
  const listen = async (subject: Subject) => {
    const abort = new AbortController();
    open.push(abort);
    const params = { notifications: { toolsListChanged: true } };
    return (await send(server, subject, { method: "subscriptions/listen", params }, abort.signal)).status;
  };
  assert.deepEqual([await listen("alice"), await listen("alice"), await listen("alice")], [200, 200, 503]);
  assert.equal(await statusOf(send(server, "alice", { method: "tools/call", params: ADD })), 200);
  assert.deepEqual([await listen("bob"), await listen("bob"), await listen("carol")], [200, 200, 503]);
  assert.equal(await refusals(server, "too_many_subscriptions"), 2);
  open[0]?.abort();
  await until(async () => (await listen("carol")) === 200, "a subscription that ended leaves its place");
});

test("messages per second of one caller are limited; another caller is served", async (t) => {
  const server = await start(t, { MCP_MAX_MESSAGES_PER_SECOND: "20" });
  const flood = await Promise.all(
    Array.from({ length: 60 }, () => statusOf(send(server, "alice", { method: "tools/list" }))),
  );
  const refused = flood.filter((status) => status === 429).length;
  assert.ok(refused > 0 && refused < 60, `${refused} refused`);
  assert.equal(await refusals(server, "message_rate"), refused);
  assert.equal(await statusOf(send(server, "bob", { method: "tools/list" })), 200);
  await server.untilRequests(61 - refused, ({ method }) => method === "tools/list");
});

test("a caller takes no trace that is always kept from another", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const server = await start(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    MCP_TRACE_ALWAYS_PER_SECOND: "10",
    MCP_TRACE_SAMPLE_RATIO: "0",
  });
  const list = (subject: Subject) => statusOf(send(server, subject, { method: "tools/list" }));
  const started = performance.now();
  await Promise.all(Array.from({ length: 200 }, () => list("alice")));
  for (let sent = 0; sent < 5; sent += 1) await list("bob");
  const seconds = (performance.now() - started) / 1000;
  await server.stop();
  const kept = (subject: Subject) =>
    receiver.spans.filter(({ attributes }) => attributes["user.id"] === subject).length;
  assert.equal(kept("bob"), 5);
  assert.ok(kept("alice") >= 10 && kept("alice") <= 10 + seconds * 10 + 1, `${kept("alice")} in ${seconds} s`);
});
