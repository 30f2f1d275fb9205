/** How calls end: one outcome per call, on metric, log line and span alike. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { freePort } from "../../test/support/free-port.ts";
import { type OtlpReceiver, otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";

let receiver: OtlpReceiver;
let server: RunningServer;
let client: Client;
let closedPort: number;

before(async () => {
  closedPort = await freePort();
  receiver = await otlpReceiver();
  server = await runServer({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    UPSTREAM_URL: `http://127.0.0.1:${closedPort}`,
  });
  client = await server.client();
});
after(async () => {
  await client?.close();
  await server?.stop();
  await receiver?.close();
});

interface Expected {
  readonly outcome: string;
  readonly level: string;
  readonly reason?: string;
  readonly error_class?: string;
  readonly errorType?: string;
  readonly status: number;
}

const CASES: readonly (readonly [title: string, name: string, args: Record<string, unknown>, Expected])[] = [
  ["a result is success", "add", { a: 1, b: 1 }, { outcome: "success", level: "info", status: 0 }],
  [
    "a handler that throws is an error",
    "fault",
    { mode: "error" },
    { outcome: "error", level: "error", error_class: "unknown", errorType: "tool_error", status: 2 },
  ],
  [
    "output that does not match the schema is malformed_output",
    "fault",
    { mode: "malformed" },
    { outcome: "error", level: "error", error_class: "malformed_output", errorType: "tool_error", status: 2 },
  ],
  [
    "status 429 of a dependency is rate_limit",
    "fault",
    { mode: "rate_limit" },
    { outcome: "error", level: "error", error_class: "rate_limit", errorType: "tool_error", status: 2 },
  ],
  [
    "a refused connection to a dependency is upstream",
    "ask_upstream",
    { sku: "A-1" },
    { outcome: "error", level: "error", error_class: "upstream", errorType: "tool_error", status: 2 },
  ],
  [
    "arguments that do not match the schema are the caller's fault",
    "add",
    { a: "one" },
    { outcome: "rejected", level: "info", reason: "invalid_arguments", status: 0 },
  ],
  [
    "an argument that fits the schema and that the tool rejects is the caller's fault",
    "add",
    { a: 1e308, b: 1e308 },
    { outcome: "rejected", level: "info", reason: "refused_by_handler", status: 0 },
  ],
  [
    "an unknown tool is the caller's fault",
    "nonsense",
    {},
    { outcome: "rejected", level: "info", reason: "unknown_tool", status: 0 },
  ],
];

for (const [title, name, args, expected] of CASES) {
  test(title, async () => {
    const tool = name === "nonsense" ? "_OTHER" : name;
    const series = `mcp_tool_calls_total{tool_name="${tool}",status="${expected.outcome}",transport="http"}`;
    const seen = requestLines(tool).length;
    const before = (await server.metric(series)) ?? 0;
    const rejections = `mcp_request_rejections_total{mcp_method_name="tools/call",tool_name="${tool}",reason="${expected.reason}"}`;
    const rejectedBefore = await server.metric(rejections);

    const answer = await client.callTool({ name, arguments: args });
    assert.equal(answer.isError === true, expected.outcome !== "success");

    await server.line(() => requestLines(tool).length > seen);
    const line = requestLines(tool)[seen] ?? {};
    assert.equal(line.outcome, expected.outcome);
    assert.equal(line.level, expected.level);
    assert.equal(line.error_class, expected.error_class);
    assert.equal(line.reason, expected.reason);
    assert.equal(await server.metric(series), before + 1);
    const rejected = expected.reason === undefined ? undefined : (rejectedBefore ?? Number.NaN) + 1;
    assert.equal(await server.metric(rejections), rejected);
    const span = await receiver.until((spans) => spans.find(({ spanId }) => spanId === line.span_id));
    assert.equal(span.name, `tools/call ${tool}`);
    assert.equal(span.attributes["error.type"], expected.errorType);
    assert.equal(span.attributes["mcp.error.class"], expected.error_class);
    assert.equal(span.attributes["mcp.rejection.reason"], expected.reason);
    assert.equal(span.status, expected.status);
  });
}

const requestLines = (tool: string) =>
  server.lines().filter(({ msg, tool_name }) => msg === "request" && tool_name === tool);

test("a call that the client cancels is cancelled, not failed", async () => {
  const abort = new AbortController();
  const call = client.callTool({ name: "fault", arguments: { mode: "hang" } }, undefined, {
    signal: abort.signal,
  });
  call.catch(() => {});
  await untilInFlight("tools/call", 1);
  abort.abort();
  const line = await server.line(({ outcome }) => outcome === "cancelled");
  assert.equal(line.tool_name, "fault");
  assert.equal(line.level, "info");
  await untilInFlight("tools/call", 0);
  const span = await receiver.until((spans) => spans.find(({ spanId }) => spanId === line.span_id));
  assert.equal(span.status, 0);
});

const untilInFlight = (method: string, count: number): Promise<void> =>
  server.untilMetric(`mcp_requests_in_flight{mcp_method_name="${method}"}`, count);

/** The text of an error that is no SafeError may repeat an argument. */
test("a failure's line and span have the error's type, place and stack, and not its text", async () => {
  const line = await server.line(({ err }) => /test-tools/.test(String((err as { message?: string })?.message)));
  const err = line.err as { type: string; message: string; stack: string };
  assert.equal(err.type, "Error");
  assert.match(err.message, /^thrown at server\/test\/test-tools\.ts:\d+$/);
  assert.match(err.stack, /test-tools\.ts/);
  const span = await receiver.until((spans) => spans.find(({ spanId }) => spanId === line.span_id));
  const exception = span.events.find(({ name }) => name === "exception");
  assert.equal(exception?.attributes["exception.message"], err.message);
  assert.match(String(exception?.attributes["exception.stacktrace"]), /test-tools\.ts/);
  assert.doesNotMatch(JSON.stringify([line, span]), /asked to fail/);
});

test("an outgoing call is a child span that names the host and nothing of the arguments", async () => {
  const parent = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call ask_upstream"));
  const child = await receiver.until((spans) => spans.find(({ parentSpanId }) => parentSpanId === parent.spanId));
  assert.equal(child.kind, 3);
  assert.equal(child.attributes["server.port"], closedPort);
  assert.doesNotMatch(JSON.stringify(child), /A-1/);
});
