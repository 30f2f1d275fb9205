/** What the inspector says, as JSON: sessions, requests, their order and their filters; and its links. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { BOARDS } from "../../grafana/src/board-names.ts";
import { boardLink, exploreQueries } from "../../grafana/validation/links.ts";
import { PINNED } from "../../test/support/era-clients.ts";
import { type Emissions, runServer, runStdio } from "../../test/support/running-server.ts";
import { until } from "../../test/support/wait.ts";
import { grafanaAt } from "../telemetry/inspect/links.ts";
import type { View } from "../telemetry/inspect/view.ts";

const FIXTURE = "server/test/fixture-server.ts";
const ON = { MCP_INSPECT: "1" };
const ADD = { name: "add", arguments: { a: 1, b: 1 } };

const viewOf = async (server: Emissions, query = ""): Promise<View> =>
  (await fetch(await server.metricsUrl(`/inspect.json${query}`))).json() as Promise<View>;

test("without a back end it knows each request's outcome, class, size and cost, and what went out below it", async (t) => {
  const downstream = createServer((_request, response) => void response.end("ok")).listen(0, "127.0.0.1");
  t.after(() => downstream.close());
  const server = await runServer({ ...ON, MCP_TRACE_HTTP: "1" }, FIXTURE);
  t.after(() => server.stop());
  const client = await server.client(undefined, "a client");
  const session = String(client.transport?.sessionId);
  await client.listTools();
  await client.callTool({
    name: "fetch",
    arguments: { url: `http://127.0.0.1:${(downstream.address() as AddressInfo).port}` },
  });
  await client.callTool({ name: "fail", arguments: { value: "x" } });
  await client.callTool({ name: "echo", arguments: { value: 1 } });
  await client.close();
  assert.doesNotMatch(server.text(), /\[telemetry\]/);

  const view = await viewOf(server, `?session=${session}`);
  const rows = view.waterfall?.rows ?? [];
  assert.deepEqual(
    view.requests.map(({ name, outcome, errorClass, reason }) => [name, outcome, errorClass ?? reason]).toReversed(),
    [
      ["initialize", "success", undefined],
      ["notifications/initialized", "success", undefined],
      ["tools/list", "success", undefined],
      ["tools/call fetch", "success", undefined],
      ["tools/call fail", "error", "unknown"],
      ["tools/call echo", "rejected", "invalid_arguments"],
    ],
  );
  assert.ok(view.requests.every(({ traceId = "", sampled }) => /^[0-9a-f]{32}$/.test(traceId) && sampled));
  const called = view.requests.filter(({ tool }) => tool !== undefined);
  assert.ok(
    called.every(
      ({ inputBytes = 0, outputBytes = 0, durationMs }) => inputBytes > 0 && outputBytes > 0 && durationMs > 0,
    ),
  );
  const fetched = rows.findIndex((row) => row.kind === "request" && row.request.tool === "fetch");
  assert.deepEqual(
    rows
      .slice(fetched + 1, fetched + 3)
      .map((row) => [row.kind, row.depth, row.kind === "span" ? row.name : row.kind === "line" && row.line.message]),
    [
      ["span", 1, "GET"],
      ["line", 1, "request"],
    ],
  );
  assert.ok(rows.some((row) => row.kind === "line" && row.line.message === "session started"));
  assert.deepEqual(
    view.sessions.map(({ id, client: name, requests, toolCalls, errors }) => [id, name, requests, toolCalls, errors]),
    [[session, "a client 1.0.0", 6, 3, 1]],
  );
  const lines = rows.flatMap((row) => (row.kind === "line" && row.depth > 0 ? row : []));
  for (const { at, line } of lines) {
    const { at: from = 0, durationMs = 0 } = view.requests.find(({ spanId }) => spanId === line.fields.span_id) ?? {};
    assert.ok(at >= from && at <= from + durationMs, "a line stands within its request");
  }
  const held = (await viewOf(server)).held.spans.count;
  assert.equal((await viewOf(server)).held.spans.count, held, "looking leaves no span, whatever is traced");
  const { outcomes, calls, definitionBytes } = view.tools.find(({ tool }) => tool === "fail") ?? {};
  assert.ok((definitionBytes ?? 0) > '{"name":"fail"}'.length, "the size of its definition in the list");
  assert.deepEqual([calls, outcomes?.error], [1, 1]);
});

test("filters by tool, outcome, session and text", async (t) => {
  const server = await runServer(ON);
  t.after(() => server.stop());
  const [one, other] = [await server.client(undefined, "one"), await server.client(undefined, "other")];
  await one.callTool(ADD);
  await one.callTool({ name: "fault", arguments: { mode: "rate_limit" } });
  await other.callTool(ADD);
  const session = String(one.transport?.sessionId);
  const found = async (query: string) => (await viewOf(server, query)).requests.map(({ name }) => name);
  assert.deepEqual(await found("?tool=add"), ["tools/call add", "tools/call add"]);
  assert.deepEqual(await found(`?tool=add&session=${session}`), ["tools/call add"]);
  assert.deepEqual(await found("?outcome=error"), ["tools/call fault"]);
  assert.deepEqual(await found("?q=RATE_LIMIT"), ["tools/call fault"]);
  assert.deepEqual(await found("?q=nothing-of-the-kind"), []);
  assert.deepEqual(
    (await viewOf(server, "?outcome=error")).sessions.map(({ id }) => id),
    [session],
  );
  await Promise.all([one.close(), other.close()]);
});

const SAMPLING = {
  "calls that are not sampled": {
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
    MCP_TRACE_SAMPLE_RATIO: "0",
    MCP_TRACE_FIRST_CALLS: "0",
    MCP_TRACE_SLOW_MS: "600000",
  },
  "calls that a standard sampler does not record": { OTEL_TRACES_SAMPLER: "always_off" },
  "calls without the SDK": { OTEL_SDK_DISABLED: "true" },
};
for (const [what, own] of Object.entries(SAMPLING)) {
  test(`${what} are shown, and said not to be exported`, async (t) => {
    const server = await runServer({ ...ON, ...own });
    t.after(() => server.stop());
    const client = await server.client();
    for (let i = 0; i < 5; i += 1) await client.callTool({ name: "fault", arguments: { mode: "slow", ms: 1 } });
    await client.close();
    const { requests, sessions } = await viewOf(server);
    const call = requests.find(({ tool, sampled }) => tool === "fault" && !sampled);
    assert.deepEqual([call?.outcome, sessions[0]?.toolCalls], ["success", 5]);
    assert.equal(call?.outputBytes !== undefined, "MCP_TRACE_SAMPLE_RATIO" in own, "sizes are known of recorded spans");
  });
}

test("over stdio, where there is no session id, the process is the session", async (t) => {
  const server = await runStdio(ON);
  t.after(() => server.stop());
  await server.client.callTool(ADD);
  const { sessions, waterfall } = await viewOf(server, "?session=-");
  assert.deepEqual(
    sessions.map(({ id, client }) => [id, client]),
    [["-", "test 1.0.0"]],
  );
  assert.ok(waterfall?.rows.some((row) => row.kind === "request" && row.request.tool === "add"));
});

for (const [what, own] of Object.entries({ "with spans": {}, ...SAMPLING })) {
  test(`callers without a session are a group each, by subject and client: ${what}`, async (t) => {
    const server = await runServer({ ...ON, ...own });
    t.after(() => server.stop());
    for (const name of ["one", "other", "one"]) {
      const client = await PINNED.connect({ url: server.url }, name);
      await client.callTool(ADD);
      await client.close();
    }
    const { sessions, known } = await viewOf(server);
    assert.deepEqual(sessions.map(({ id, client, toolCalls }) => [id, client, toolCalls]).toSorted(), [
      ["anonymous · one", "one", 2],
      ["anonymous · other", "other", 1],
    ]);
    assert.equal(known.sessions.length, 2);
    const { waterfall } = await viewOf(server, `?session=${encodeURIComponent("anonymous · one")}`);
    const rows = waterfall?.rows.filter((row) => row.kind === "request" && row.request.tool === "add") ?? [];
    assert.equal(rows.length, 2);
  });
}

test("its links to Grafana lead to boards that are there, with variables that they have", () => {
  const base = "https://grafana.example/under";
  const grafana = grafanaAt(`${base}/`);
  const under = (url: string) => {
    assert.ok(url.startsWith(base));
    return url.slice(base.length);
  };
  assert.deepEqual(boardLink(under(grafana.session("a b"))), { uid: BOARDS.session.uid, variables: ["session"] });
  assert.deepEqual(boardLink(under(grafana.tool("x&y"))), { uid: BOARDS.tool.uid, variables: ["tool"] });
  assert.equal(boardLink(under(grafana.overview))?.uid, BOARDS.overview.uid);
  assert.deepEqual(
    exploreQueries(under(grafana.trace("abc"))).map(({ query }) => query),
    ["abc"],
  );
});

test("before the first request the page has a command that sends one; then it has none", async (t) => {
  const server = await runServer(ON);
  t.after(() => server.stop());
  const page = async () => (await fetch(await server.metricsUrl("/inspect"))).text();
  const hint = `npx @modelcontextprotocol/inspector --cli ${server.url.href} --transport http --method tools/list`;
  assert.ok((await page()).includes(hint));
  await (await server.client()).callTool(ADD);
  assert.ok(!(await page()).includes("npx"));
});

test("an open session says how long it is open, an ended one how long it lasted", async (t) => {
  const server = await runServer(ON);
  t.after(() => server.stop());
  const client = await server.client();
  const session = String(client.transport?.sessionId);
  const facts = async () => (await fetch(await server.metricsUrl(`/inspect?session=${session}`))).text();
  assert.match(await facts(), /open for [\d.]+ m?s</);
  assert.doesNotMatch(await facts(), /<dt>Lasted/);
  await (client.transport as StreamableHTTPClientTransport).terminateSession();
  await until(async () => !(await facts()).includes("open for"), "the session to end");
  assert.match(await facts(), /<dt>Lasted<\/dt><dd>[\d.]+ m?s</);
});
