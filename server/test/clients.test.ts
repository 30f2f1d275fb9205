/** Who calls: sessions and tool calls by the name of the client, on both transports. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LATEST_PROTOCOL_VERSION } from "@modelcontextprotocol/sdk/types.js";
import { PINNED } from "../../test/support/era-clients.ts";
import { runServer, runStdio } from "../../test/support/running-server.ts";

const labels = (name: string, revision = LATEST_PROTOCOL_VERSION) =>
  `mcp_client_name="${name}",mcp_protocol_version="${revision}"`;

test("each client's sessions and calls are counted by outcome, under its name without case and version", async (t) => {
  const server = await runServer();
  t.after(() => server.stop());
  const [first, second] = [await server.client(undefined, "Shop Agent 2.1"), await server.client(undefined, "notes")];
  assert.equal(await server.metric(`mcp_client_tool_calls_total{${labels("notes")},status="error"}`), 0);
  await first.callTool({ name: "add", arguments: { a: 1, b: 1 } });
  await first.callTool({ name: "add", arguments: {} });
  await second.callTool({ name: "fault", arguments: { mode: "error" } });

  await server.untilMetric(`mcp_client_tool_calls_total{${labels("notes")},status="error"}`, 1);
  for (const status of ["success", "rejected"]) {
    assert.equal(await server.metric(`mcp_client_tool_calls_total{${labels("shop-agent")},status="${status}"}`), 1);
  }
  assert.equal(await server.metric(`mcp_client_tool_calls_total{${labels("shop-agent")},status="error"}`), 0);
  assert.equal(await server.metric(`mcp_client_sessions_total{${labels("shop-agent")}}`), 1);
  assert.equal(await server.metric('mcp_client_tool_call_duration_seconds_count{mcp_client_name="shop-agent"}'), 2);
  await Promise.all([first.close(), second.close()]);
});

test("a client over stdio is counted too", async (t) => {
  const server = await runStdio();
  t.after(() => server.stop());
  await server.client.callTool({ name: "add", arguments: { a: 1, b: 1 } });
  await server.untilMetric(`mcp_client_tool_calls_total{${labels("test")},status="success"}`, 1);
  assert.equal(await server.metric(`mcp_client_sessions_total{${labels("test")}}`), 1);
});

test("a client without sessions is counted under its name and revision, and opens no session", async (t) => {
  const server = await runServer();
  t.after(() => server.stop());
  const client = await PINNED.connect({ url: server.url }, "Shop Agent 2.1");
  const calls = (status: string) =>
    `mcp_client_tool_calls_total{${labels("shop-agent", PINNED.revision)},status="${status}"}`;
  await server.untilMetric(calls("error"), 0);
  await client.callTool({ name: "add", arguments: { a: 1, b: 1 } });
  await client.callTool({ name: "fault", arguments: { mode: "error" } });
  await server.untilMetric(calls("error"), 1);
  assert.equal(await server.metric(calls("success")), 1);
  assert.equal(await server.metric('mcp_client_tool_call_duration_seconds_count{mcp_client_name="shop-agent"}'), 2);
  assert.doesNotMatch(await server.metrics(), /^mcp_client_sessions_total\{/m);
  await client.close();
});
