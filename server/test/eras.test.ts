/** Each client gets the same answer in either era, and each call leaves one span, one log line and one sample. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { CLIENT_KINDS, type ClientKind, type EraClient } from "../../test/support/era-clients.ts";
import { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from "../../test/support/otlp-receiver.ts";
import {
  type Emissions,
  type LogLine,
  type RunningServer,
  runServer,
  SERVER_ARGS,
  testEnvironment,
} from "../../test/support/running-server.ts";
import { until } from "../../test/support/wait.ts";

/** Accepts a request and never answers. */
const silent = createServer(() => {});
let receiver: OtlpReceiver;
let server: RunningServer;

const variables = () => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  UPSTREAM_URL: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
});

before(async () => {
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  receiver = await otlpReceiver();
  server = await runServer(variables());
});
after(async () => {
  await server?.stop();
  await receiver?.close();
  silent.closeAllConnections();
  silent.close();
});

/** What a client saw of a call, without the words that differ between SDKs. */
type Saw = "result" | "tool error" | "error";
type Caller = (client: EraClient, meta: Record<string, unknown>) => Promise<unknown>;

interface Case {
  readonly title: string;
  readonly tool: string;
  readonly call: Caller;
  /** By the era with sessions, then by the other where it differs. */
  readonly saw: readonly Saw[];
  readonly outcome: string;
  readonly errorClass?: string;
}

const CASES: readonly Case[] = [
  {
    title: "success",
    tool: "add",
    call: (client, _meta) => client.callTool({ name: "add", arguments: { a: 1, b: 2 }, _meta }),
    saw: ["result"],
    outcome: "success",
  },
  {
    title: "a tool error",
    tool: "fault",
    call: (client, _meta) => client.callTool({ name: "fault", arguments: { mode: "error" }, _meta }),
    saw: ["tool error"],
    outcome: "error",
    errorClass: "unknown",
  },
  {
    title: "bad arguments",
    tool: "add",
    call: (client, _meta) => client.callTool({ name: "add", arguments: { a: "one" }, _meta }),
    saw: ["tool error"],
    outcome: "rejected",
  },
  {
    title: "an unknown tool",
    tool: "_OTHER",
    call: (client, _meta) => client.callTool({ name: "no_such_tool", arguments: {}, _meta }),
    saw: ["tool error", "error"],
    outcome: "rejected",
  },
  {
    title: "an abort by the client",
    tool: "fault",
    async call(client, _meta) {
      const abort = new AbortController();
      const call = client.callTool({ name: "fault", arguments: { mode: "hang" }, _meta }, { signal: abort.signal });
      await Promise.race([inProgress(server), call]);
      abort.abort();
      return call;
    },
    saw: ["error"],
    outcome: "cancelled",
  },
  {
    title: "a timeout of the client",
    tool: "fault",
    call: (client, _meta) => client.callTool({ name: "fault", arguments: { mode: "hang" }, _meta }, { timeout: 300 }),
    saw: ["error"],
    outcome: "cancelled",
  },
  {
    title: "a timeout of the tool",
    tool: "ask_upstream",
    call: (client, _meta) => client.callTool({ name: "ask_upstream", arguments: { sku: "x" }, _meta }),
    saw: ["tool error"],
    outcome: "error",
    errorClass: "timeout",
  },
];

const inProgress = (emitted: Emissions) =>
  emitted.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 1);

const sawOf = (call: Promise<unknown>): Promise<Saw> =>
  call.then(
    (answer) => ((answer as { isError?: boolean }).isError ? "tool error" : "result"),
    () => "error",
  );

/** A trace of a caller that is trusted: the call's span is its child. */
const newTrace = () => {
  const traceId = randomBytes(16).toString("hex");
  return { traceId, meta: { traceparent: `00-${traceId}-${randomBytes(8).toString("hex")}-01` } };
};

function checkSpan(span: ReceivedSpan, line: LogLine, { revision }: ClientKind, transport: "tcp" | "pipe"): void {
  const isStateless = revision === "2026-07-28";
  assert.equal(span.spanId, line.span_id);
  assert.equal(span.attributes["mcp.protocol.version"], revision);
  assert.equal(span.attributes["network.transport"], transport);
  const hasSession = !isStateless && transport === "tcp";
  assert.equal(span.attributes["mcp.session.id"] !== undefined, hasSession);
  assert.equal(line.session_id !== undefined, hasSession);
  assert.equal(span.attributes["mcp.client.name"], "matrix");
  assert.equal(line.client_name, isStateless ? "matrix" : undefined);
}

/** Finished calls, as two metrics count them. */
async function counted(emitted: Emissions, tool: string, outcome: string, revision: string) {
  const rows = (await emitted.metrics()).split("\n");
  const sum = (name: string, ...labels: readonly string[]) =>
    rows
      .filter((row) => row.startsWith(`${name}{`) && labels.every((label) => row.includes(label)))
      .reduce((total, row) => total + Number(/\} (\d+)/.exec(row)?.[1]), 0);
  return [
    sum("mcp_tool_calls_total", `tool_name="${tool}"`, `status="${outcome}"`, 'transport="http"'),
    sum(
      "mcp_server_operation_duration_seconds_count",
      'mcp_method_name="tools/call"',
      `gen_ai_tool_name="${tool}"`,
      `mcp_protocol_version="${revision}"`,
    ),
  ];
}

for (const kind of CLIENT_KINDS) {
  describe(`${kind.title}, which speaks ${kind.revision}`, () => {
    let client: EraClient;
    before(async () => {
      client = await kind.connect({ url: server.url }, "matrix");
    });
    after(() => client?.close());

    for (const { title, tool, call, saw, outcome, errorClass } of CASES) {
      test(`${title} leaves a span, a line and a sample`, async () => {
        const { traceId, meta } = newTrace();
        const before = await counted(server, tool, outcome, kind.revision);
        const isStateless = kind.revision === "2026-07-28";
        assert.equal(await sawOf(call(client, meta)), isStateless ? saw.at(-1) : saw[0]);
        const span = await receiver.until((spans) => spans.find((one) => one.traceId === traceId && one.kind === 2));
        const [line = {}, ...others] = await server.untilRequests(1, ({ trace_id }) => trace_id === traceId);
        assert.equal(others.length, 0);
        assert.deepEqual(
          [line.tool_name, line.outcome, line.error_class, line.trace_sampled],
          [tool, outcome, errorClass, true],
        );
        assert.equal(span.name, `tools/call ${tool}`);
        assert.equal(span.status, outcome === "error" ? 2 : 0);
        checkSpan(span, line, kind, "tcp");
        const after = await counted(server, tool, outcome, kind.revision);
        assert.deepEqual(
          after,
          before.map((count) => count + 1),
        );
      });
    }

    test("a call in progress at SIGTERM is answered, and leaves a span and a line", async () => {
      const own = await runServer(variables());
      const leaving = await kind.connect({ url: own.url }, "matrix");
      const { traceId, meta: _meta } = newTrace();
      const call = leaving.callTool({ name: "fault", arguments: { mode: "slow", ms: 1500 }, _meta });
      await inProgress(own);
      const stopped = own.stop("SIGTERM");
      assert.equal(await sawOf(call), "result");
      assert.equal(await stopped, 0);
      const [line = {}] = own.requests(({ trace_id }) => trace_id === traceId);
      assert.equal(line.outcome, "success");
      const span = receiver.spans.find((one) => one.traceId === traceId && one.kind === 2);
      assert.ok(span, "the span was exported before the end");
      checkSpan(span, line, kind, "tcp");
      await leaving.close().catch(() => {});
    });

    test("a call over stdio leaves a span of its revision", async () => {
      const { traceId, meta: _meta } = newTrace();
      const program = { command: process.execPath, args: [...SERVER_ARGS, "--stdio"] };
      const own = await kind.connect({ ...program, env: testEnvironment(variables()) }, "matrix");
      assert.equal(await sawOf(own.callTool({ name: "add", arguments: { a: 1, b: 2 }, _meta })), "result");
      assert.equal(await sawOf(own.callTool({ name: "fault", arguments: { mode: "error" } })), "tool error");
      await own.close();
      const span = await receiver.until((spans) => spans.find((one) => one.traceId === traceId && one.kind === 2));
      assert.equal(span.attributes["mcp.protocol.version"], kind.revision);
      assert.equal(span.attributes["network.transport"], "pipe");
      assert.equal(span.attributes["mcp.session.id"], undefined);
    });
  });
}

test("calls without sessions open none, and the sessions of the others are counted", async () => {
  const sessionful = CLIENT_KINDS.filter(({ revision }) => revision === "2025-11-25").length;
  await until(
    () => receiver.spans.filter(({ name }) => name === "server/discover").length >= 2,
    "two spans of server/discover",
  );
  const started = server.lines().filter(({ msg }) => msg === "session started");
  assert.equal(started.length, sessionful);
  assert.doesNotMatch(await server.metrics(), /^mcp_http_rejections_total\{.*\} [1-9]/m, "nothing was refused");
});
