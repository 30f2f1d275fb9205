/** The same server over stdio: stdout is the protocol, stderr the log, the end of stdin the end of the session. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { otlpReceiver } from "../../deploy/smoke/otlp-receiver.ts";
import { SERVER_ARGS, testEnvironment } from "./running-server.ts";

test("a stdio call is a span, a line on stderr, and ends with stdin", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...SERVER_ARGS, "--stdio"],
    env: testEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }),
    stderr: "pipe",
  });
  let stderr = "";
  transport.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(transport);
  const answer = await client.callTool({ name: "add", arguments: { a: 20, b: 22 } });
  assert.deepEqual(answer.structuredContent, { sum: 42 });
  await client.close();

  const [first, ...lines] = stderr.trim().split("\n");
  assert.match(
    first ?? "",
    /^\[telemetry\] OpenTelemetry initialized — endpoint=http:\S+ protocol=http\/protobuf service=mcp-server sampler=/,
  );
  const parsed = lines.map((line) => JSON.parse(line));
  const request = parsed.find(({ tool_name }) => tool_name === "add");
  const span = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call add"));
  assert.equal(request.trace_id, span.traceId);
  assert.equal(request.session_id, undefined);
  assert.equal(span.attributes["network.transport"], "pipe");
  assert.equal(parsed.find(({ msg }) => msg === "session ended")?.end_reason, "transport_closed");
  assert.equal(
    receiver.spans.some(({ name }) => name === "mcp.session"),
    false,
  );
});
