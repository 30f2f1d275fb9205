/** Log lines: the operator's debug switch, a stream that is slow or closed, and what a SIGKILL may cost. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { ANY_RATE, hundred } from "../../test/support/batch.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { timeToGoWrong, until } from "../../test/support/wait.ts";

const ADD = { name: "add", arguments: { a: 1, b: 1 } };

/** With long lines, of errors: 4,000 are what the stream keeps. The 300th has one of the runaway agent after it. */
async function fillLog(server: RunningServer, client: Client, lines: number): Promise<void> {
  const fail = { name: "fault", arguments: { mode: "error" } };
  for (let left = lines; left > 0; left -= 100) await hundred(server, client, "tools/call", fail);
}

const hasEnded = ({ process }: RunningServer) => process.exitCode !== null || process.signalCode !== null;

test("an operator turns debug lines on for one session, for a while", async (t) => {
  const file = join(mkdtempSync(join(tmpdir(), "mcp-")), "admin");
  writeFileSync(file, "the-admin-token\n");
  const server = await runServer({ MCP_ADMIN_TOKEN_FILE: file });
  t.after(() => server.stop());
  const [watched, other] = [await server.client(), await server.client()];
  const metrics = await server.metricsUrl("/");
  const url = (session: unknown, query = "") => new URL(`/debug/${session}${query}`, metrics);
  const put = (target: URL, token = "the-admin-token") =>
    fetch(target, { method: "PUT", headers: { authorization: `Bearer ${token}` } });
  const session = watched.transport?.sessionId;

  assert.equal((await put(url(session), "wrong")).status, 401);
  assert.equal((await put(url("nobody"))).status, 404);
  assert.equal((await put(url(session, "?seconds=forever"))).status, 400);
  const debug = () => server.lines().filter(({ level }) => level === "debug");
  assert.equal((await put(url(session, "?seconds=3"))).status, 200);
  await Promise.all([watched.callTool(ADD), other.callTool(ADD)]);
  await server.line(({ level }) => level === "debug");
  let calls = 2;
  await until(async () => {
    const before = debug().length;
    await watched.callTool(ADD);
    calls += 1;
    await server.untilRequests(calls, ({ tool_name }) => tool_name === "add");
    return debug().length === before;
  }, "a call without a debug line");

  for (const { session_id, arg_keys } of debug()) assert.deepEqual([session_id, arg_keys], [session, ["a", "b"]]);
  await Promise.all([watched.close(), other.close()]);
});

test("without an admin token there is no switch", async (t) => {
  const server = await runServer();
  t.after(() => server.stop());
  const client = await server.client();
  const answer = await fetch(await server.metricsUrl(`/debug/${client.transport?.sessionId}`), { method: "PUT" });
  assert.equal(answer.status, 404);
  await client.close();
});

test("a log stream that nobody reads blocks no call, and the lines lost are counted", async (t) => {
  const server = await runServer(ANY_RATE);
  t.after(() => server.stop("SIGKILL"));
  const client = await server.client();
  await server.metrics();
  server.process.stdout?.pause();
  await fillLog(server, client, 6000);
  const dropped = (await server.metric("mcp_log_lines_dropped_total")) ?? 0;
  assert.ok(dropped > 100, `dropped ${dropped}`);
  assert.equal(await server.metric('mcp_tool_calls_total{tool_name="fault",status="error",transport="http"}'), 6000);
  await client.close();
  await server.stop();
  assert.ok(hasEnded(server), "a write that nobody takes does not keep the process");
});

test("a slow reader of the log gets whole lines, and each line is either there or counted as lost", async (t) => {
  const server = await runServer(ANY_RATE);
  t.after(() => server.stop("SIGKILL"));
  const client = await server.client();
  await server.metrics();
  const { stdout } = server.process;
  assert.ok(stdout);
  stdout.pause();
  for (let part = 0; part < 10; part += 1) {
    await fillLog(server, client, 600);
    stdout.resume();
    await once(stdout, "data");
    stdout.pause();
  }
  stdout.resume();
  const dropped = (await server.metric("mcp_log_lines_dropped_total")) ?? 0;
  assert.ok(dropped > 0, "it is slower than the lines come");
  await server.untilRequests(6000 - dropped, ({ tool_name }) => tool_name === "fault");
  await client.callTool(ADD);
  await server.line(({ tool_name }) => tool_name === "add");
  assert.equal(server.lines().filter(({ tool_name }) => tool_name === "fault").length + dropped, 6001);
  await client.close();
});

test("a closed log stream fails no call, and the lines lost are counted", async (t) => {
  const server = await runServer();
  t.after(() => server.stop("SIGKILL"));
  const client = await server.client();
  await server.metrics();
  server.process.stdout?.destroy();
  for (let call = 0; call < 20; call += 1) await client.callTool(ADD);
  await timeToGoWrong(250);
  for (let call = 0; call < 20; call += 1) await client.callTool(ADD);
  const dropped = (await server.metric("mcp_log_lines_dropped_total")) ?? 0;
  assert.ok(dropped >= 20, `dropped ${dropped}`);
  await client.close();
});

test("a reader that goes away just before the end does not keep the process from ending", async (t) => {
  const server = await runServer();
  t.after(() => server.stop("SIGKILL"));
  server.process.stdout?.destroy();
  assert.equal(await server.stop(), 0);
});

test("SIGKILL costs at most the last 100 ms of lines", async () => {
  const server = await runServer();
  const client = await server.client();
  await client.callTool(ADD);
  await server.line(({ tool_name }) => tool_name === "add");
  await server.stop("SIGKILL");
  assert.equal(server.requests(({ tool_name }) => tool_name === "add").length, 1);
});
