/** The clock of the machine moves by an hour: no session ends too early or never, and no window starts anew. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { command, WITH_COMMANDS } from "../../test/support/process-commands.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";

const HOUR_MS = 3_600_000;
const IDLE_MS = 4000;

async function start(t: TestContext, own: Record<string, string>) {
  const server = await runServer(own, ...WITH_COMMANDS);
  t.after(() => server.stop());
  return server;
}

async function moveClock(server: RunningServer, ms: number): Promise<void> {
  command(server, `clock ${ms}`);
  await server.line(({ msg }) => msg === "clock");
}

/** Not the SDK's client: its event stream keeps the session in use. */
async function openSession({ url }: RunningServer): Promise<void> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { accept: "application/json, text/event-stream", "content-type": "application/json" },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "clock", version: "1" } },
    }),
  });
  await answer.text();
}

for (const [direction, ms] of [
  ["forward", HOUR_MS],
  ["back", -HOUR_MS],
] as const) {
  test(`an idle session ends in time when the clock moves ${direction}`, async (t) => {
    const server = await start(t, { MCP_SESSION_IDLE_MS: String(IDLE_MS) });
    const opened = performance.now();
    await openSession(server);
    await moveClock(server, ms);
    const line = await server.line(({ msg }) => msg === "session ended");
    assert.equal(line.end_reason, "idle_timeout");
    assert.ok(performance.now() - opened >= IDLE_MS, "it ended too early");
  });
}

test("calls before and after the clock moves are counted in one minute", async (t) => {
  const server = await start(t, { MCP_RUNAWAY_PER_MINUTE: "3" });
  const client = await server.client();
  const add = () => client.callTool({ name: "add", arguments: { a: 1, b: 2 } });
  await add();
  await add();
  await moveClock(server, HOUR_MS);
  await add();
  await add();
  assert.equal(await server.metric('mcp_runaway_episodes_total{tool_name="add"}'), 1);
  await client.close();
});
