import assert from "node:assert/strict";
import { test } from "node:test";
import type { Progress } from "@modelcontextprotocol/sdk/types.js";
import { observedServer } from "../../test/support/observed-server.ts";

test("a countdown reports each step, and leaves one span, one line and one sample", async (t) => {
  const { receiver, server, client } = await observedServer(t);
  const reports: Progress[] = [];
  const answer = await client.callTool({ name: "countdown", arguments: { from: 3 } }, undefined, {
    onprogress: (report) => reports.push(report),
  });
  assert.deepEqual(answer.structuredContent, { steps: 3 });
  assert.deepEqual(
    reports.map(({ progress, total }) => [progress, total]),
    [
      [1, 3],
      [2, 3],
      [3, 3],
    ],
  );
  const [line] = await server.untilRequests(1, ({ tool_name }) => tool_name === "countdown");
  const span = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call countdown"));
  assert.equal(line?.outcome, "success");
  assert.equal(line?.trace_id, span.traceId);
  assert.equal(await server.metric('mcp_tool_calls_total{tool_name="countdown",status="success",transport="http"}'), 1);
});

test("a countdown without a progress token reports nothing", async (t) => {
  const { client } = await observedServer(t);
  const errors: Error[] = [];
  client.onerror = (error) => errors.push(error);
  await client.callTool({ name: "countdown", arguments: { from: 1 } });
  assert.deepEqual(errors, []);
});

test("a cancelled countdown stops, and is recorded as cancelled", async (t) => {
  const { receiver, server, client } = await observedServer(t);
  const abort = new AbortController();
  const reports: Progress[] = [];
  const call = client.callTool({ name: "countdown", arguments: { from: 100 } }, undefined, {
    signal: abort.signal,
    onprogress(report) {
      reports.push(report);
      abort.abort();
    },
  });
  await assert.rejects(call);
  const [line] = await server.untilRequests(1, ({ tool_name }) => tool_name === "countdown");
  const span = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call countdown"));
  assert.equal(line?.outcome, "cancelled");
  assert.equal(line?.trace_id, span.traceId);
  assert.equal(
    await server.metric('mcp_tool_calls_total{tool_name="countdown",status="cancelled",transport="http"}'),
    1,
  );
  await server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 0);
  assert.equal(reports.length, 1);
});
