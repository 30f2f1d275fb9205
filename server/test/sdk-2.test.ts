/** The telemetry in a server, and around a client, of SDK 2 as that SDK's documents write them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { CLIENT_KINDS } from "../../test/support/era-clients.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { runServer } from "../../test/support/running-server.ts";
import { until } from "../../test/support/wait.ts";
import { observeClient, type SentRequest } from "../telemetry/index.ts";

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
  const ended: SentRequest[] = [];
  const transport = new StreamableHTTPClientTransport(server.url);
  observeClient(transport, (request) => ended.push(request));
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
