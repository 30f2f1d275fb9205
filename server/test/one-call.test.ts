/** The point of the project: one tool call is one trace, one log line and one metric sample, all linked. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type OtlpReceiver, otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";

let receiver: OtlpReceiver;
let server: RunningServer;

before(async () => {
  receiver = await otlpReceiver();
  server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
});
after(async () => {
  await server?.stop();
  await receiver?.close();
});

test("a tool call is one span, one log line and one sample that name the same trace", async () => {
  const client = await server.client();
  const answer = await client.callTool({ name: "add", arguments: { a: 1, b: 2 } });
  assert.deepEqual(answer.structuredContent, { sum: 3 });

  const span = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call add"));
  const line = await server.line(({ tool_name, msg }) => tool_name === "add" && msg === "request");
  const metrics = await server.metrics();

  assert.equal(span.kind, 2);
  assert.equal(span.status, 0);
  const sessionId = String(line.session_id);
  assert.deepEqual(
    { ...span.attributes, "client.port": 0, "server.port": 0 },
    {
      "mcp.method.name": "tools/call",
      "user.id": "anonymous",
      "network.transport": "tcp",
      "network.protocol.name": "http",
      "network.protocol.version": "1.1",
      "client.address": "127.0.0.1",
      "client.port": 0,
      "server.address": "127.0.0.1",
      "server.port": 0,
      "mcp.session.id": sessionId,
      "mcp.protocol.version": "2025-11-25",
      "jsonrpc.request.id": "1",
      "gen_ai.tool.name": "add",
      "gen_ai.operation.name": "execute_tool",
      "mcp.input.size_bytes": 13,
      "mcp.output.size_bytes": Buffer.byteLength(JSON.stringify(answer)),
      "mcp.budget_ms": 100,
      "mcp.client.name": "test",
      "mcp.timeout_ms": 15000,
      "mcp.estimated_cost_usd": 0,
      "mcp.tool.arg.count": 2,
    },
  );
  assert.deepEqual(
    { ...line, time: "", pid: 0, host: "", duration_ms: 0 },
    {
      level: "info",
      time: "",
      service_name: "mcp-server",
      pid: 0,
      host: "",
      user_id: "anonymous",
      method: "tools/call",
      session_id: sessionId,
      request_id: "1",
      tool_name: "add",
      trace_id: span.traceId,
      span_id: span.spanId,
      trace_sampled: true,
      outcome: "success",
      duration_ms: 0,
      msg: "request",
    },
  );
  assert.equal(await server.metric('mcp_tool_calls_total{tool_name="add",status="success",transport="http"}'), 1);
  assert.equal(await server.metric('mcp_tool_duration_seconds_count{tool_name="add",status="success"}'), 1);
  const exemplar = /^mcp_tool_duration_seconds_bucket.*tool_name="add".* # \{trace_id="([0-9a-f]{32})"\}/m.exec(
    metrics,
  );
  assert.equal(exemplar?.[1], span.traceId);
  await client.close();
});

test("all calls of a session hang under its one session span", async () => {
  const client = await server.client();
  await client.listTools();
  await client.callTool({ name: "add", arguments: { a: 1, b: 2 } });
  await (client.transport as unknown as { terminateSession(): Promise<void> }).terminateSession();
  await client.close();

  const session = await receiver.until((spans) =>
    spans.find(
      ({ name, attributes }) => name === "mcp.session" && attributes["mcp.session.end_reason"] === "client_delete",
    ),
  );
  assert.equal(session.parentSpanId, "");
  assert.equal(session.attributes["mcp.session.tool_calls"], 1);
  assert.equal(session.attributes["mcp.client.name"], "test");
  const children = receiver.spans.filter(({ parentSpanId }) => parentSpanId === session.spanId);
  assert.deepEqual(children.map(({ name }) => name).sort(), [
    "initialize",
    "notifications/initialized",
    "tools/call add",
    "tools/list",
  ]);
});
