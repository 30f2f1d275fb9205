/** Which calls are exported; and that exemplar, `trace_sampled` and the exported trace agree. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { freePort } from "../../test/support/free-port.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { runServer, runStdio } from "../../test/support/running-server.ts";

/** No call is over budget either, unless its tool names a budget of its own. */
const NEVER = { MCP_TRACE_SAMPLE_RATIO: "0", MCP_TRACE_FIRST_CALLS: "0", MCP_TRACE_SLOW_MS: "600000" };
/** Of a tool that names no budget: however busy the machine is, nothing keeps it. */
const PLAIN = { name: "fault", arguments: { mode: "slow", ms: 1 } };

async function start(t: TestContext, own: Record<string, string>) {
  const receiver = await otlpReceiver();
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...own });
  t.after(async () => {
    await server.stop();
    await receiver.close();
  });
  const client = await server.client();
  /** Ends the server, so that all it will ever export has come. */
  const finished = async () => {
    await client.close();
    await server.stop();
    return receiver.spans;
  };
  return { server, client, finished };
}

test("a call that is not sampled leaves no span and no exemplar, but its line and its sample", async (t) => {
  const { server, client, finished } = await start(t, NEVER);
  await client.callTool(PLAIN);
  const metrics = await server.metrics();
  const spans = await finished();
  assert.deepEqual(
    spans.map(({ name }) => name).toSorted(),
    ["initialize", "mcp.session", "notifications/initialized"],
    "cheap methods are always sampled",
  );
  assert.doesNotMatch(metrics, /mcp_tool_duration_seconds_bucket.*trace_id/);
  assert.match(metrics, /mcp_tool_calls_total\{tool_name="fault",status="success",transport="http"\} 1/);
  const [line] = server.requests(({ tool_name }) => tool_name === "fault");
  assert.equal(line?.trace_sampled, false);
});

test("a call that ended in error is kept, with the child spans of this process", async (t) => {
  const { server, client, finished } = await start(t, {
    ...NEVER,
    UPSTREAM_URL: `http://127.0.0.1:${await freePort()}`,
  });
  await client.callTool({ name: "ask_upstream", arguments: { sku: "A-1" } });
  const metrics = await server.metrics();
  const spans = await finished();
  const call = spans.find(({ name }) => name === "tools/call ask_upstream");
  assert.ok(call);
  assert.equal(
    spans.filter(({ parentSpanId }) => parentSpanId === call.spanId).length,
    3,
    "an attempt and two retries",
  );
  const [line] = server.requests(({ tool_name }) => tool_name === "ask_upstream");
  assert.equal(line?.trace_sampled, true);
  assert.equal(line?.trace_id, call.traceId);
  assert.match(
    metrics,
    new RegExp(`mcp_tool_duration_seconds_bucket.*tool_name="ask_upstream".*trace_id="${call.traceId}"`),
  );
});

test("over stdio too, a call that is not sampled leaves no span, and one that ended in error is kept", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const server = await runStdio({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...NEVER });
  await server.client.callTool(PLAIN);
  await server.client.callTool({ name: "fault", arguments: { mode: "error" } });
  await server.stop();
  const calls = receiver.spans.filter(({ name }) => name.startsWith("tools/call"));
  assert.deepEqual(
    calls.map(({ name, status }) => [name, status]),
    [["tools/call fault", 2]],
  );
  const sampled = server.requests(({ tool_name }) => tool_name !== undefined).map((line) => line.trace_sampled);
  assert.deepEqual(sampled, [false, true]);
});

test("a call over its budget is kept and counted", async (t) => {
  const { server, client, finished } = await start(t, { ...NEVER, MCP_TRACE_SLOW_MS: "1000" });
  await client.callTool({ name: "fault", arguments: { mode: "slow", ms: 1100 } });
  await client.callTool(PLAIN);
  assert.equal(await server.metric('mcp_tool_over_budget_total{tool_name="fault"}'), 1);
  const calls = (await finished()).filter(({ name }) => name === "tools/call fault");
  assert.equal(calls.length, 1);
});

test("a caller's fault and a cancelled call are not kept", async (t) => {
  const { client, finished } = await start(t, NEVER);
  await client.callTool({ name: "fault", arguments: { mode: "x" } });
  await client.callTool({ name: "nonsense", arguments: {} });
  assert.deepEqual(
    (await finished()).filter(({ name }) => name.startsWith("tools/call")),
    [],
  );
});

test("the first calls of each tool are sampled, whatever the ratio", async (t) => {
  const { client, finished } = await start(t, { ...NEVER, MCP_TRACE_FIRST_CALLS: "2" });
  for (let call = 0; call < 5; call += 1) await client.callTool(PLAIN);
  assert.equal((await finished()).filter(({ name }) => name === "tools/call fault").length, 2);
});

test("a trusted sampled parent is kept; one that is not sampled changes nothing", async (t) => {
  const { client, finished } = await start(t, NEVER);
  for (const flag of ["01", "00"]) {
    const _meta = { traceparent: `00-11111111111111111111111111111111-1111111111111111-${flag}` };
    await client.callTool({ ...PLAIN, _meta });
  }
  const calls = (await finished()).filter(({ name }) => name === "tools/call fault");
  assert.deepEqual(
    calls.map(({ parentSpanId }) => parentSpanId),
    ["1111111111111111"],
  );
});

test("OTEL_TRACES_SAMPLER replaces all of it", async (t) => {
  const off = await start(t, { OTEL_TRACES_SAMPLER: "always_off" });
  await off.client.callTool({ name: "fault", arguments: { mode: "error" } });
  assert.deepEqual(await off.finished(), []);
  const on = await start(t, { ...NEVER, OTEL_TRACES_SAMPLER: "always_on" });
  await on.client.callTool({ name: "add", arguments: { a: 1, b: 1 } });
  assert.equal((await on.finished()).filter(({ name }) => name === "tools/call add").length, 1);
});
