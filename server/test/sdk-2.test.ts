/** The telemetry in a server, and around a client, of SDK 2 as that SDK's documents write them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { observeClient, type Sent } from "mcp-telemetry";
import { CLIENT_KINDS } from "../../test/support/era-clients.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { runServer } from "../../test/support/running-server.ts";
import { until } from "../../test/support/wait.ts";

const PIN = { versionNegotiation: { mode: { pin: "2026-07-28" } } } as const;

test("in a server for each request: calls end with their answers, nothing is a session, an abort is a cancellation", async (t) => {
  const receiver = await otlpReceiver();
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }, "server/test/fixture-server-2.ts");
  t.after(async () => {
    await server.stop();
    await receiver.close();
  });
  const pinned = CLIENT_KINDS.find(({ title }) => title === "SDK 2 pinned") ?? assert.fail();
  const client = await pinned.connect({ url: server.url }, "lifted");
  await client.callTool({ name: "echo", arguments: { value: "x" } });
  assert.equal((await client.callTool({ name: "fail", arguments: { value: "x" } })).isError, true);
  await assert.rejects(client.callTool({ name: "wait", arguments: { ms: 400 } }, { timeout: 100 }));
  const lines = await server.untilRequests(4, () => true);
  assert.deepEqual(
    lines.map(({ method, tool_name, outcome, client_name }) => [method, tool_name, outcome, client_name]),
    [
      ["server/discover", undefined, "success", "lifted"],
      ["tools/call", "echo", "success", "lifted"],
      ["tools/call", "fail", "error", "lifted"],
      ["tools/call", "wait", "cancelled", "lifted"],
    ],
  );
  const span = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call echo"));
  assert.equal(span.attributes["mcp.protocol.version"], "2026-07-28");
  assert.equal(span.attributes["network.transport"], "tcp");
  assert.equal(await server.metric('mcp_active_sessions{transport="http"}'), 0);
  assert.equal(await server.metric('mcp_active_sessions{transport="stdio"}'), 0);
  assert.equal(server.lines().filter(({ msg }) => String(msg).startsWith("session")).length, 0);
  await client.close();
});

test("around a client: each request ends with its answer, `server/discover` too, and an abort ends it at once", async (t) => {
  const server = await runServer();
  t.after(() => server.stop());
  const ended: Sent[] = [];
  const transport = new StreamableHTTPClientTransport(server.url);
  observeClient(transport, server.url, (sent) => ended.push(sent));
  const client = new Client({ name: "observed", version: "1.0.0" }, PIN);
  await client.connect(transport);
  assert.deepEqual(
    ended.map(({ method, errorType }) => [method, errorType]),
    [["server/discover", undefined]],
  );
  await client.callTool({ name: "add", arguments: { a: 1, b: 2 } });
  await client.callTool({ name: "fault", arguments: { mode: "error" } });
  await client.callTool({ name: "no_such_tool", arguments: {} }).catch(() => {});
  const hang = { name: "fault", arguments: { mode: "hang" } };
  await assert.rejects(client.callTool(hang, { timeout: 200 }));
  await until(() => ended.length === 5, "five requests that have ended");
  assert.deepEqual(
    ended.slice(1).map(({ method, toolName, errorType }) => [method, toolName, errorType]),
    [
      ["tools/call", "add", undefined],
      ["tools/call", "fault", "tool_error"],
      ["tools/call", "no_such_tool", "-32602"],
      ["tools/call", "fault", "cancelled"],
    ],
  );
  await client.close();
});

test("a runaway agent without sessions is found by its subject and client, or by its run", async (t) => {
  const receiver = await otlpReceiver();
  const server = await runServer({ MCP_RUNAWAY_PER_MINUTE: "5", OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  t.after(async () => {
    await server.stop();
    await receiver.close();
  });
  const pinned = CLIENT_KINDS.find(({ title }) => title === "SDK 2 pinned") ?? assert.fail();
  const call = async (name: string, times: number, run?: string) => {
    const client = await pinned.connect({ url: server.url }, name);
    const trace = "00-11111111111111111111111111111111-1111111111111111-01";
    const _meta = run === undefined ? {} : { traceparent: trace, baggage: `agent.run_id=${run}` };
    for (let one = 0; one < times; one += 1) {
      await client.callTool({ name: "add", arguments: { a: 1, b: 1 }, _meta });
    }
    await client.close();
  };
  const episodes = () => server.metric('mcp_runaway_episodes_total{tool_name="add"}');
  for (const name of ["one", "two", "three"]) await call(name, 4);
  assert.equal(await episodes(), 0, "no client called it too often");
  await call("one", 4);
  assert.equal(await episodes(), 1, "one did");
  await call("four", 4, "a-run");
  await call("five", 4, "a-run");
  assert.equal(await episodes(), 2, "one run of two clients did");
});
