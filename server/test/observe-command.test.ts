/** `observe-command.ts` in front of a server that knows nothing of it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Argv, clientOf, observed, run } from "../../test/support/observed-command.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { HELLO } from "../../test/support/raw-stdio.ts";
import { until } from "../../test/support/wait.ts";

const PLAIN: Argv = [process.execPath, fileURLToPath(new URL("plain-server.ts", import.meta.url))];
const CAT: Argv = ["cat"];
const SECRET = "canary-hunter2-vermilion";
const TRACEPARENT = "00-11111111111111111111111111111111-1111111111111111-01";

const shell = (script: string): Argv => ["sh", "-c", script];

/** What a client or a server may write, beside what the SDKs do. */
const ODD_LINES = Buffer.concat([
  Buffer.from(HELLO),
  Buffer.from("not JSON\n\n  \r\n"),
  Buffer.from('[{"jsonrpc":"2.0","id":1,"method":"ping"}]\n'),
  Buffer.from('{ "jsonrpc" : "2.0", "id": 9007199254740993, "method": "ping", "x": 1.0, "x": 1e2 }\r\n'),
  Buffer.from('{"jsonrpc":"2.0","id":null,"error":null}\n{"id":[],"method":7}\n'),
  Buffer.from(
    '{"jsonrpc":"2.0","id":"a","error":null,"result":null}\n{"jsonrpc":"2.0","id":"b","error":{"code":"x"}}\n',
  ),
  Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a]),
  Buffer.from(`{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"${"ä".repeat(2_500_000)}"}}\n`),
  Buffer.from('{"jsonrpc":"2.0","id":6,"method":"ping"}'),
]);

for (const [title, own] of [
  ["nothing is exported", {}],
  ["no context is to be added", { OTEL_TRACES_EXPORTER: "console", MCP_OTEL_INJECT_TRACEPARENT: "0" }],
  ["the telemetry cannot start", { METRICS_PORT: "none" }],
] as const) {
  test(`every byte passes in both directions, in order, while ${title}`, async () => {
    const { process: child, stdout, ended } = run(observed(CAT), own);
    for (let at = 0; at < ODD_LINES.length; at += 99_991) child.stdin.write(ODD_LINES.subarray(at, at + 99_991));
    child.stdin.end();
    assert.equal(await ended, 0);
    assert.ok(stdout().equals(ODD_LINES));
  });
}

test("half a line waits for its other half", async (t) => {
  const { process: child, stdout, ended } = run(observed(CAT));
  t.after(() => child.kill("SIGKILL"));
  child.stdin.write("first\nsec");
  await until(
    () => stdout().toString() === "first\n",
    () => stdout().toString(),
  );
  child.stdin.end("ond\nlast");
  assert.equal(await ended, 0);
  assert.equal(stdout().toString(), "first\nsecond\nlast");
});

test("a call has a span, a line and samples; tools have the names that the server lists; what is said is nowhere", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const server = await clientOf(observed(PLAIN), { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const { client } = server;
  await client.callTool({ name: "echo", arguments: { value: SECRET } });
  await client.listTools();
  await client.listPrompts();
  const { content } = await client.callTool({ name: "echo", arguments: { value: SECRET, [SECRET]: 1 } });
  assert.deepEqual(content, [{ type: "text", text: SECRET }]);
  await client.callTool({ name: "fail", arguments: { value: SECRET } });
  await client.callTool({ name: SECRET, arguments: {} }).catch(() => {});
  await client.getPrompt({ name: "greet", arguments: { name: SECRET } });
  await client.readResource({ uri: `file:///${SECRET}` }).catch(() => {});
  const calls = await server.untilRequests(4, ({ method }) => method === "tools/call");
  assert.deepEqual(
    calls.map(({ tool_name, outcome, error_class, reason }) => [tool_name, outcome, error_class ?? reason]),
    [
      ["_OTHER", "success", undefined],
      ["echo", "success", undefined],
      ["fail", "error", "unknown"],
      ["_OTHER", "rejected", "unknown_tool"],
    ],
  );
  assert.equal(await server.metric('mcp_tool_calls_total{tool_name="echo",status="success",transport="stdio"}'), 1);
  assert.equal(await server.metric('mcp_tool_calls_total{tool_name="fail",status="error",transport="stdio"}'), 1);
  assert.equal(await server.metric('mcp_active_sessions{transport="stdio"}'), 1);
  const exposed = await server.metrics();
  assert.match(exposed, /mcp_tool_duration_seconds_bucket\{[^}]*tool_name="echo"[^}]*\} \d+ # \{trace_id="/);
  await client.close();
  const span = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call echo"));
  assert.deepEqual([span.kind, span.traceId, span.attributes["network.transport"]], [2, calls[1]?.trace_id, "pipe"]);
  await receiver.until((spans) => spans.find(({ name }) => name === "prompts/get greet"));
  assert.equal((await server.line(({ msg }) => msg === "session ended")).end_reason, "transport_closed");
  assert.equal(
    [exposed, server.text(), ...receiver.bodies].some((said) => said.includes(SECRET)),
    false,
  );
});

test("the server continues the caller's trace, and so does the client when the server asks it", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const { client } = await clientOf(observed(PLAIN), { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  await client.listTools();
  const said = async (name: string, _meta = {}) => {
    const { content } = await client.callTool({ name, arguments: {}, _meta });
    return String((content as [{ text: string }])[0].text);
  };
  const meta = JSON.parse(await said("meta", { traceparent: TRACEPARENT, other: 1 }));
  const asked = await said("ask");
  await client.close();
  const span = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call meta"));
  assert.equal(span.parentSpanId, "1".repeat(16));
  assert.deepEqual(meta, { traceparent: `00-${span.traceId}-${span.spanId}-01`, other: 1 });
  const own = await receiver.until((spans) => spans.find(({ name }) => name === "sampling/createMessage"));
  assert.deepEqual([own.kind, asked], [3, `00-${own.traceId}-${own.spanId}-01`]);
});

test("the metrics and the last log lines of a short run are pushed at its end", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const { process: child, ended } = run(observed(PLAIN), {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_METRICS_EXPORTER: "otlp",
    OTEL_LOGS_EXPORTER: "otlp",
  });
  child.stdin.end(HELLO);
  assert.equal(await ended, 0);
  const pushed = (path: string, text: string) =>
    receiver.bodies.some((body, at) => receiver.requests[at]?.path === path && body.includes(text));
  assert.ok(pushed("/v1/metrics", "mcp_server_operation_duration_seconds"));
  assert.ok(pushed("/v1/logs", "telemetry stopped"));
});

test("the exit code of a server that crashes is its own, its call is cancelled, and its session ends with an error", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const {
    process: child,
    ended,
    stderr,
  } = run(observed(PLAIN), {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_METRICS_EXPORTER: "otlp",
  });
  child.stdin.write(`${HELLO}{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"crash"}}\n`);
  assert.equal(await ended, 3);
  assert.match(stderr(), /"method":"tools\/call".*"outcome":"cancelled"/);
  assert.match(receiver.bodies.join(""), /"key":"error_type","value":\{"stringValue":"transport_closed"\}/);
});

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  test(`${signal} reaches the command, which decides how it ends`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "signal-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const trap = run(
      observed(shell(`trap 'echo caught; exit 5' ${signal.slice(3)}; echo ready; while :; do sleep 0.1; done`)),
    );
    await until(() => trap.stdout().includes("ready"), "ready");
    trap.process.kill(signal);
    assert.equal(await trap.ended, 5);
    assert.equal(trap.stdout().toString(), "ready\ncaught\n");
    const plain = run(observed(shell("echo ready; exec sleep 60")));
    await until(() => plain.stdout().includes("ready"), "ready");
    plain.process.kill(signal);
    assert.equal(await plain.ended, signal);
  });
}

test("what the command says on stderr passes, and its environment is its own", async () => {
  const command = shell("env | sort; echo $METRICS_PORT >&2");
  const direct = run(command, { OTEL_TRACES_EXPORTER: "console", METRICS_PORT: "" });
  const around = run(observed(command), { OTEL_TRACES_EXPORTER: "console", METRICS_PORT: "" });
  for (const { process: child, ended } of [direct, around]) {
    child.stdin.end();
    assert.equal(await ended, 0);
  }
  assert.equal(around.stdout().toString(), direct.stdout().toString());
  assert.match(around.stderr(), /^$/m);
});

test("output that a command leaves behind when it ends at once is passed on", async () => {
  const { stdout, ended } = run(observed(shell("head -c 60000 /dev/zero; exit 4")), {
    OTEL_TRACES_EXPORTER: "console",
  });
  assert.equal(await ended, 4);
  assert.equal(stdout().length, 60_000);
});

test("a command that ends its stdin, or a client that ends its stdout, is noticed by the other side", async () => {
  const closed = run(observed(shell("exec <&-; echo closed; exec sleep 60")));
  await until(() => closed.stdout().includes("closed"), "closed");
  closed.process.kill("SIGTERM");
  assert.equal(await closed.ended, "SIGTERM");
  const endless = run(observed(["yes"]));
  await until(() => endless.stdout().length > 0, "output");
  endless.process.stdout.destroy();
  assert.notEqual(await endless.ended, 0);
});

test("a command that cannot be started is named, with the exit code that a shell has for it", async () => {
  const missing = run(observed(["no-such-program"]));
  assert.equal(await missing.ended, 127);
  assert.match(missing.stderr(), /^\[observe\] cannot start no-such-program: no such program, or no such working/);
  const folder = run(observed([tmpdir()]));
  assert.equal(await folder.ended, 126);
});
