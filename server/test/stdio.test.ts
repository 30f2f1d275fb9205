/** The same server over stdio: stdout is the protocol, stderr the log, the end of stdin the end of the session. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { runStdio } from "../../test/support/running-server.ts";

test("a stdio call is a span, a line on stderr, and ends with stdin", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const server = await runStdio({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const answer = await server.client.callTool({ name: "add", arguments: { a: 20, b: 22 } });
  assert.deepEqual(answer.structuredContent, { sum: 42 });
  assert.equal(await server.metric('mcp_tool_calls_total{tool_name="add",status="success",transport="stdio"}'), 1);
  assert.equal(await server.metric('mcp_active_sessions{transport="stdio"}'), 1);
  await server.stop();

  const [first] = server.text().split("\n");
  assert.match(
    first ?? "",
    /^\[telemetry\] OpenTelemetry initialized — endpoint=http:\S+ protocol=http\/protobuf service=mcp-server sampler=/,
  );
  const [request] = server.requests(({ tool_name }) => tool_name === "add");
  const span = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call add"));
  assert.equal(request?.trace_id, span.traceId);
  assert.equal(request?.session_id, undefined);
  assert.equal(span.attributes["network.transport"], "pipe");
  assert.equal(server.lines().find(({ msg }) => msg === "session ended")?.end_reason, "transport_closed");
  assert.equal(
    receiver.spans.some(({ name }) => name === "mcp.session"),
    false,
  );
});
