/** What ends a process, or holds it: errors nobody catches, SIGKILL, an event loop that stands still. */
import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import { test } from "node:test";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { command, WITH_COMMANDS } from "../../test/support/process-commands.ts";
import { endOfLog, ORDERLY_END, type RunningServer, runServer } from "../../test/support/running-server.ts";
import { timeToGoWrong } from "../../test/support/wait.ts";

const ADD = { name: "add", arguments: { a: 1, b: 1 } };

const slow = (client: Client, ms: number) => client.callTool({ name: "fault", arguments: { mode: "slow", ms } });

async function untilInFlight(server: RunningServer, calls: number): Promise<void> {
  await server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', calls);
}

for (const what of ["throw", "reject"] as const) {
  test(`after an error that nobody caught (${what}) open calls are answered, all is flushed, and the code is 1`, async (t) => {
    const receiver = await otlpReceiver();
    t.after(() => receiver.close());
    const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }, ...WITH_COMMANDS);
    const client = await server.client();
    const call = slow(client, 3000);
    await untilInFlight(server, 1);
    const exit = server.ended();
    command(server, what);
    command(server, what);
    assert.ok((await call).structuredContent);
    assert.equal(await exit, 1);

    const fatal = server.lines().filter(({ level }) => level === "fatal");
    assert.equal(fatal.length, 1, "one fatal line, however often it crashes");
    const { err, msg } = fatal[0] as unknown as { err: { message: string; stack: string }; msg: string };
    assert.equal(msg, "uncaught error");
    assert.match(err.message, /^thrown at test\/support\/process-commands-preload\.ts:\d+$/);
    assert.match(err.stack, /process-commands-preload\.ts/);
    assert.equal(server.requests(({ tool_name }) => tool_name === "fault").length, 1);
    assert.deepEqual(endOfLog(server), ORDERLY_END);
    assert.deepEqual(
      receiver.spans.map(({ name }) => name).filter((name) => /fault|session/.test(name)),
      ["tools/call fault", "mcp.session"],
    );
  });
}

test("a crash while the server drains is a crash: the exit code is 1", async () => {
  const server = await runServer({}, ...WITH_COMMANDS);
  const client = await server.client();
  const call = slow(client, 3000);
  await untilInFlight(server, 1);
  const exit = server.ended();
  server.process.kill("SIGTERM");
  await server.line(({ msg }) => msg === "shutting down");
  command(server, "throw");
  assert.ok((await call).structuredContent);
  assert.equal(await exit, 1);
  assert.equal(server.lines().filter(({ level }) => level === "fatal").length, 1);
});

test("SIGKILL costs what was under way: the client learns it, and what was exported and written is there", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const client = await server.client();
  const errors: Error[] = [];
  client.onerror = (error) => errors.push(error);
  await client.callTool(ADD);
  await server.untilRequests(1, ({ tool_name }) => tool_name === "add");
  await receiver.until((spans) => spans.some(({ name }) => name === "tools/call add"));
  const open = client.callTool({ name: "fault", arguments: { mode: "hang" } }, undefined, { timeout: 2000 });
  const lost = assert.rejects(open, /terminated|fetch failed|timed out|closed/i);
  await untilInFlight(server, 1);
  const exit = server.ended();
  server.process.kill("SIGKILL");
  assert.equal(await exit, "SIGKILL");

  await lost;
  assert.ok(errors.length > 0, "the transport said that the server is gone");
  await assert.rejects(client.callTool(ADD), /fetch failed/);
  await client.close();

  const again = await runServer({ MCP_PORT: server.url.port, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  t.after(() => again.stop("SIGKILL"));
  const anew = await again.client();
  assert.deepEqual((await anew.callTool(ADD)).structuredContent, { sum: 2 });
  await anew.close();
});

test("the server keeps no state: it writes no file, so SIGKILL leaves none half written", {
  skip: process.platform !== "linux" && "reads /proc, which only Linux has",
}, async (t) => {
  // Before Node.js 25 the network is no permission of its own.
  const net = process.allowedNodeEnvironmentFlags.has("--allow-net") ? ["--allow-net"] : [];
  const server = await runServer({}, "server/test/server-with-test-tools.ts", [
    "--permission",
    "--allow-fs-read=*",
    ...net,
  ]);
  t.after(() => server.stop());
  const client = await server.client();
  for (let call = 0; call < 20; call += 1) await client.callTool(ADD);
  const fds = `/proc/${server.process.pid}/fd`;
  const files = readdirSync(fds).map((fd) => {
    try {
      return readlinkSync(`${fds}/${fd}`);
    } catch {
      return "";
    }
  });
  assert.deepEqual(
    files.filter((file) => file.startsWith("/") && !file.startsWith("/dev/")),
    [],
  );
  await client.close();
});

test("an event loop that stands still for two seconds loses no call, and the lag says how long it was", async (t) => {
  const receiver = await otlpReceiver();
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }, ...WITH_COMMANDS);
  t.after(() => receiver.close());
  t.after(() => server.stop("SIGKILL"));
  const client = await server.client();
  await server.metrics();
  // A scrape starts the measurement anew, which sees nothing until its second tick, 10 ms later.
  await timeToGoWrong(250);
  command(server, "block 2000");
  await server.line(({ msg }) => msg === "blocked");
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.callTool(ADD)));
  assert.equal(answers.filter(({ structuredContent }) => structuredContent !== undefined).length, 20);
  const lag = (await server.metric("nodejs_eventloop_lag_max_seconds")) ?? 0;
  assert.ok(lag > 1.9, `a lag of ${lag} s`);
  await server.untilRequests(20, ({ tool_name }) => tool_name === "add");
  await receiver.until((spans) => spans.filter(({ name }) => name === "tools/call add").length === 20);
  await client.close();
});
