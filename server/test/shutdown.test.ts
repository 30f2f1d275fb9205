/** The end of the process loses no answer, no span and no log line. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { spawnChild } from "../../test/support/children.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { endOfLog, ORDERLY_END, runServer, SERVER_ARGS, testEnvironment } from "../../test/support/running-server.ts";
import { timeToGoWrong } from "../../test/support/wait.ts";
import { ALL_VARIABLES } from "../config.ts";

const ADD = { name: "add", arguments: { a: 1, b: 1 } };
const SLOW = { name: "fault", arguments: { mode: "slow", ms: 300 } };

test("SIGTERM answers what was accepted, refuses what is new, and exports every span", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const client = await server.client();
  const calls = Array.from({ length: 20 }, () =>
    client.callTool({ name: "fault", arguments: { mode: "slow", ms: 4000 } }),
  );
  await server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 20);

  const stopped = server.stop("SIGTERM");
  await server.line(({ msg }) => msg === "shutting down");
  const answers = await Promise.all(calls);
  assert.equal(answers.filter(({ structuredContent }) => structuredContent !== undefined).length, 20);
  assert.equal(await stopped, 0);
  assert.equal(receiver.spans.filter(({ name }) => name === "tools/call fault").length, 20);
  assert.equal(receiver.spans.filter(({ name }) => name === "mcp.session").length, 1);
  assert.equal(server.lines().filter(({ tool_name }) => tool_name === "fault").length, 20);
  assert.deepEqual(endOfLog(server), ORDERLY_END);
});

test("SIGTERM at full load: every call that was accepted is answered, and every answered one has its line and span", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const clients = await Promise.all(Array.from({ length: 8 }, () => server.client()));
  let answered = 0;
  const callOnUntilRefused = async (client: Client, call: typeof ADD | typeof SLOW): Promise<void> => {
    try {
      for (;;) {
        const { structuredContent } = await client.callTool(call);
        assert.ok(structuredContent);
        answered += 1;
      }
    } catch (error) {
      assert.match(String(error), /Shutting down|fetch failed/);
    }
  };
  const load = Promise.all(
    clients.flatMap((client) => [ADD, ADD, ADD, ADD, SLOW, SLOW].map((call) => callOnUntilRefused(client, call))),
  );
  await server.untilRequests(400, ({ tool_name }) => tool_name === "add");
  const ended = server.ended();
  server.process.kill("SIGTERM");
  await load;
  assert.equal(await ended, 0);
  const calls = server.requests(({ method }) => method === "tools/call");
  assert.equal(calls.length, answered);
  assert.deepEqual(
    calls.filter(({ outcome }) => outcome !== "success"),
    [],
  );
  assert.equal(receiver.spans.filter(({ name }) => name.startsWith("tools/call")).length, answered);
  assert.equal(receiver.spans.filter(({ name }) => name === "mcp.session").length, clients.length);
});

test("a call whose body is still arriving at SIGTERM is answered", async () => {
  const server = await runServer();
  const client = await server.client();
  const socket = connect(Number(server.url.port), "127.0.0.1");
  let answer = "";
  socket.setEncoding("utf8").on("data", (text) => {
    answer += text;
  });
  const body = '{"jsonrpc":"2.0","id":50,"method":"tools/call","params":{"name":"add","arguments":{"a":1,"b":1}}}';
  socket.write(
    `POST /mcp HTTP/1.1\r\nhost: localhost\r\naccept: application/json, text/event-stream\r\n` +
      `content-type: application/json\r\nmcp-session-id: ${client.transport?.sessionId}\r\n` +
      `expect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 20)}`,
  );
  while (!answer.includes("100 Continue")) await once(socket, "data");
  const ended = server.ended();
  server.process.kill("SIGTERM");
  await server.line(({ msg }) => msg === "shutting down");
  socket.write(body.slice(20));
  assert.equal(await ended, 0);
  assert.match(answer, /"structuredContent":{"sum":2}/);
});

test("what arrives while the server drains is refused with shutting_down", async () => {
  const server = await runServer();
  const client = await server.client();
  const socket = connect(Number(server.url.port), "127.0.0.1");
  let answers = "";
  socket.setEncoding("utf8").on("data", (text) => {
    answers += text;
  });
  const post = (body: string) =>
    `POST /mcp HTTP/1.1\r\nhost: localhost\r\naccept: application/json, text/event-stream\r\n` +
    `content-type: application/json\r\nmcp-session-id: ${client.transport?.sessionId}\r\n` +
    `content-length: ${body.length}\r\n\r\n${body}`;
  const call =
    '{"jsonrpc":"2.0","id":50,"method":"tools/call","params":{"name":"fault","arguments":{"mode":"slow","ms":3000}}}';
  socket.write(post(call));
  await server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 1);
  const stopped = server.stop("SIGTERM");
  await server.line(({ msg }) => msg === "shutting down");
  socket.write(post('{"jsonrpc":"2.0","id":51,"method":"ping"}'));
  await server.line(({ reason }) => reason === "shutting_down");
  assert.equal(await stopped, 0);
  assert.match(answers, /slow, but done/);
  assert.match(answers, /HTTP\/1\.1 503[\s\S]*Shutting down: try again later/);
});

test("a call that never ends is cut at the deadline, and the exit code says so", async () => {
  const server = await runServer({ MCP_SHUTDOWN_MS: "200" });
  const client = await server.client();
  client.callTool({ name: "fault", arguments: { mode: "hang" } }).catch(() => {});
  await server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 1);
  assert.equal(await server.stop("SIGTERM"), 1);
  assert.equal(server.lines().find(({ tool_name }) => tool_name === "fault")?.outcome, "cancelled");
});

for (const signal of ["SIGINT", "SIGHUP", "SIGQUIT"] as const) {
  test(`${signal} ends the server as SIGTERM does: what was accepted is answered, and the code is 0`, async () => {
    const server = await runServer();
    const client = await server.client();
    const call = client.callTool({ name: "fault", arguments: { mode: "slow", ms: 1000 } });
    await server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 1);
    const stopped = server.stop(signal);
    assert.ok((await call).structuredContent);
    assert.equal(await stopped, 0);
    assert.equal(server.lines().find(({ msg }) => msg === "shutting down")?.reason, signal);
  });
}

test("a second signal ends the server at once, but not one that is forwarded in the same moment", async () => {
  const server = await runServer({ MCP_SHUTDOWN_MS: "600000" });
  const client = await server.client();
  client.callTool({ name: "fault", arguments: { mode: "hang" } }).catch(() => {});
  await server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 1);
  const ended = server.ended();
  server.process.kill("SIGINT");
  await server.line(({ msg }) => msg === "shutting down");
  server.process.kill("SIGINT");
  await timeToGoWrong(1000);
  assert.equal(server.process.signalCode, null);
  server.process.kill("SIGTERM");
  assert.equal(await ended, "SIGTERM");
});

/** Starts a server that cannot start. @returns its exit code, and its lines on stderr */
async function failedStart(own: Record<string, string>, ...args: string[]) {
  const child = spawnChild(process.execPath, [...SERVER_ARGS, ...args], { env: testEnvironment(own) });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, "close");
  return { code, lines: stderr.trim().split("\n") };
}

/** A boot error is one `fatal` line without a stack, and the exit code is 1. */
function assertFatal({ code, lines }: Awaited<ReturnType<typeof failedStart>>, message: string): void {
  assert.equal(code, 1);
  assert.equal(lines.length, 1, lines.join("\n"));
  const { level, msg, err, service_name } = JSON.parse(lines[0] ?? "");
  assert.deepEqual([level, msg, err, service_name], ["fatal", message, undefined, "mcp-server"]);
}

test("every variable that cannot be used is reported at once, without a stack", async () => {
  assertFatal(
    await failedStart({ MCP_PORT: "http", MCP_TRACE_SAMPLE_RATIO: "7", LOG_LEVEL: "loud" }),
    "invalid configuration:\n  MCP_PORT: expected a port, 0 to 65535\n" +
      "  MCP_TRACE_SAMPLE_RATIO: expected a number from 0 to 1\n" +
      "  LOG_LEVEL: expected fatal, error, warn, info, debug, trace, silent",
  );
});

test("a taken port is named with its variable", async (t) => {
  const server = await runServer();
  t.after(() => server.stop());
  assertFatal(
    await failedStart({ MCP_PORT: server.url.port, LOG_LEVEL: "silent" }),
    `port ${server.url.port} on 127.0.0.1 is taken: set MCP_PORT to another one`,
  );
});

for (const { title, own, args, message } of [
  {
    title: "a malformed tokens file",
    own: { MCP_AUTH_TOKENS_FILE: "package.json" },
    args: [],
    message: "MCP_AUTH_TOKENS_FILE, line 1: expected subject:sha256-of-token (64 hex digits)",
  },
  {
    title: "an admin token file that is a folder",
    own: { MCP_ADMIN_TOKEN_FILE: "server" },
    args: [],
    message: "MCP_ADMIN_TOKEN_FILE: cannot read server",
  },
  { title: "an unknown option", own: {}, args: ["--sdtio"], message: "Unknown option '--sdtio': see --help" },
] as const) {
  test(`${title} is reported without a stack`, async () => {
    const failed = await failedStart({ LOG_LEVEL: "fatal", ...own }, ...args);
    assertFatal(failed, message);
  });
}

test("--help prints every variable with its default and what it sets, and the code is 0", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...SERVER_ARGS, "--help"], {
    encoding: "utf8",
    env: testEnvironment({ MCP_PORT: "http" }),
  });
  assert.deepEqual([status, stderr], [0, ""]);
  assert.match(stdout, /^usage: node .*--stdio/);
  for (const { name, help } of Object.values(ALL_VARIABLES)) {
    assert.match(stdout, new RegExp(`^  ${name} \\(.+\\)$`, "m"));
    assert.ok(stdout.includes(`\n      ${help}\n`), help);
  }
  assert.match(stdout, /MCP_PORT \(3001\)/);
});
