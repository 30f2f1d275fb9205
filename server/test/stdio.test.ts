/** The same server over stdio: stdout is the protocol, stderr the log, the end of stdin the end of the session. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { HELLO, rawStdio } from "../../test/support/raw-stdio.ts";
import { runStdio } from "../../test/support/running-server.ts";
import { scaled } from "../../test/support/wait.ts";

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

const call = (id: number | string, args: string) =>
  `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"add","arguments":${args}}}\n`;

for (const { title, line, answer, reason } of [
  { title: "a line that is not JSON", line: "hello\n", answer: [null, -32700], reason: "malformed_json" },
  { title: "a batch", line: `[${call(1, "{}").trim()}]\n`, answer: [null, -32600], reason: "invalid_message" },
  { title: "a value that is not a message", line: "42\n", answer: [null, -32600], reason: "invalid_message" },
  {
    title: "a request without version",
    line: '{"id":7,"method":"ping"}\n',
    answer: [7, -32600],
    reason: "invalid_message",
  },
  {
    title: "an id above 2^53",
    line: call("9007199254740993", "{}"),
    answer: [null, -32600],
    reason: "invalid_message",
  },
  {
    title: "a progress token above 2^53",
    line: '{"jsonrpc":"2.0","id":8,"method":"ping","params":{"_meta":{"progressToken":9007199254740993}}}\n',
    answer: [8, -32600],
    reason: "invalid_message",
  },
  {
    title: "an oversized message",
    line: call(9, `{"a":"${"x".repeat(5000)}"}`),
    answer: [null, -32600],
    reason: "body_too_large",
  },
  {
    title: "an invalid notification",
    line: '{"method":"notifications/initialized"}\n',
    answer: undefined,
    reason: "invalid_message",
  },
  {
    title: "an invalid response",
    line: '{"jsonrpc":"2.0","id":{},"result":{}}\n',
    answer: undefined,
    reason: "invalid_message",
  },
] as const) {
  test(`${title} ${answer ? "is answered" : "is not answered"}, logged and counted, and the next call is served`, async (t) => {
    const server = rawStdio({ MCP_BODY_LIMIT: "4096" });
    t.after(() => server.process.kill("SIGKILL"));
    server.write(HELLO + line + call(50, '{"a":1,"b":2}'));
    const messages = await server.messages(answer ? 3 : 2);
    const errors = messages.filter(({ error }) => error !== undefined);
    assert.deepEqual(
      errors.map(({ id, error }) => [id, (error as { code: number }).code]),
      answer ? [answer] : [],
    );
    assert.deepEqual(messages.find(({ id }) => id === 50)?.result, {
      content: [{ type: "text", text: '{"sum":3}' }],
      structuredContent: { sum: 3 },
    });
    await server.line((found) => found.reason === reason);
    const code = reason === "malformed_json" ? -32700 : -32600;
    const series = new RegExp(
      `^mcp_server_operation_duration_seconds_count{[^}]*mcp_method_name="_OTHER"[^}]*rpc_response_status_code="${code}"[^}]*} 1$`,
      "m",
    );
    assert.match(await server.metrics(), series);
  });
}

test("a last message without a newline is served", async () => {
  const server = rawStdio();
  server.process.stdin.end(HELLO + call(1, '{"a":1,"b":2}').trim());
  assert.equal(await server.ended, 0);
  assert.deepEqual(
    (await server.messages(2)).map(({ id }) => id),
    ["hello", 1],
  );
});

test("a client that stops reading ends the process at once: its calls are cancelled, and the session's transport was closed", {
  timeout: scaled(60_000),
}, async (t) => {
  const server = rawStdio({ MCP_SHUTDOWN_MS: "600000" });
  t.after(() => server.process.kill("SIGKILL"));
  server.write(HELLO);
  await server.messages(1);
  server.process.stdout.destroy();
  server.write(
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"fault","arguments":{"mode":"hang"}}}\n',
  );
  server.write(call(2, '{"a":1,"b":2}'));
  assert.equal(await server.ended, 0);
  assert.deepEqual(
    server.requests(({ method }) => method === "tools/call").map(({ outcome }) => outcome),
    ["cancelled", "cancelled"],
  );
  assert.equal(server.lines().find(({ msg }) => msg === "session ended")?.end_reason, "transport_closed");
  assert.deepEqual(
    server.lines().filter(({ level }) => level !== "info"),
    [],
  );
});

test("nothing but the protocol is on stdout: diagnostics of OpenTelemetry and lines of console are on stderr", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const server = rawStdio(
    { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_LOG_LEVEL: "debug" },
    "data:text/javascript,for (const name of ['log', 'info', 'debug', 'dir']) console[name]('noise ' + name)",
  );
  server.process.stdin.end(HELLO + call(1, '{"a":1,"b":2}'));
  assert.equal(await server.ended, 0);
  assert.equal((await server.messages(2)).length, server.stdout().length);
  for (const name of ["log", "info", "debug", "dir"]) assert.match(server.text(), new RegExp(`noise ${name}`));
  assert.match(server.text(), /@opentelemetry\/api: Registered a global for diag/);
  const unmarked = server
    .text()
    .split("\n")
    .filter((line) => line !== "" && !/^(\{|\[\w+\]|'?noise )/.test(line));
  assert.deepEqual(unmarked, [], "each diagnostic says that it is one");
});

test("an error that nobody caught is a fatal line, and the exit code is 1", async () => {
  const server = rawStdio(
    {},
    "data:text/javascript,process.once('SIGUSR2', () => { throw new Error('thrown where nobody catches'); })",
  );
  server.write(HELLO);
  await server.messages(1);
  server.process.kill("SIGUSR2");
  assert.equal(await server.ended, 1);
  assert.equal(server.lines().find(({ level }) => level === "fatal")?.msg, "uncaught error");
  assert.equal(server.lines().find(({ msg }) => msg === "session ended")?.end_reason, "shutdown");
});
