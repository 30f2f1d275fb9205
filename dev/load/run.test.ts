/** Runs of `make load` against a real server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runServer } from "../../test/support/running-server.ts";
import { scaled, timeToGoWrong, until } from "../../test/support/wait.ts";
import { failuresOf, latenciesOf, rateReached } from "./figures.ts";
import { latencyOf, openLoop } from "./open-loop.ts";
import { picture } from "./picture.ts";
import { report } from "./report.ts";
import { run } from "./run.ts";

const NEVER = new AbortController().signal;
const CALLS = 'mcp_tool_calls_total{tool_name="add",status="success",transport="http"}';

test("the clients of both eras make every call of the rate, and end their sessions", async (t) => {
  const server = await runServer();
  t.after(() => server.stop());
  const plan = { target: { url: server.url, token: undefined }, perSecond: 40, sessions: 3, seconds: 2 };
  const made = await run(plan, undefined, NEVER);
  assert.deepEqual(
    [...made.calls].map(([era, calls]) => [era, calls.length]),
    [
      ["with sessions", 40],
      ["without sessions", 40],
    ],
  );
  assert.deepEqual(failuresOf([...made.calls.values()].flat()), []);
  assert.equal(await server.metric(CALLS), 80);
  await server.untilMetric('mcp_sessions_total{transport="http",end_reason="client_delete"}', 3);
  const text = report(made);
  assert.match(text, /^all +80 +80 +0 +\d/m);
  assert.match(text, /^reached: \d+\.\d answers a second$/m);
  assert.match(picture(made), /<polyline points="[\d., ]+" fill="none" stroke="#0969da"/);
});

test("a server that stalls is late for every call that was due meanwhile", async (t) => {
  const server = await runServer();
  t.after(() => server.stop());
  const stall = scaled(1000);
  const plan = { target: { url: server.url, token: undefined }, perSecond: 50, sessions: 2, seconds: 4 };
  const running = run(plan, undefined, NEVER);
  await until(async () => ((await server.metric(CALLS)) ?? 0) > 20, "the first calls");
  server.process.kill("SIGSTOP");
  setTimeout(() => server.process.kill("SIGCONT"), stall);
  const calls = [...(await running).calls.values()].flat();
  assert.deepEqual(failuresOf(calls), []);
  const late = calls.filter((call) => latencyOf(call) > stall / 4).length;
  assert.ok(late >= (50 * stall) / 2000, `${late} calls were late`);
  assert.ok((latenciesOf(calls)?.max ?? 0) >= stall / 2);
});

test("calls that the server refuses are counted by their reason, and are no answers", async (t) => {
  const server = await runServer({ MCP_MAX_MESSAGES_PER_SECOND: "20" });
  t.after(() => server.stop());
  const plan = { target: { url: server.url, token: undefined }, perSecond: 100, sessions: 1, seconds: 2 };
  const calls = [...(await run(plan, undefined, NEVER)).calls.values()].flat();
  const [[reason = "", count = 0] = [], ...others] = failuresOf(calls);
  assert.match(reason, /^HTTP 429, JSON-RPC -32000: Too many messages per second/);
  assert.deepEqual(others, []);
  assert.ok(count >= 100, `${count} refused`);
  assert.ok(rateReached(calls) <= 60);
});

test("a latency counts from the time at which a call was due, not from when this process had time for it", async () => {
  const [, second] = await openLoop(
    100,
    0.02,
    async (number) => {
      const end = performance.now() + 200;
      while (number === 0 && performance.now() < end);
      return undefined;
    },
    NEVER,
  );
  assert.equal(second?.dueMs, 10);
  assert.ok(second.sentMs >= 200 && latencyOf(second) >= 190, JSON.stringify(second));
});

test("a call does not wait for the answers to earlier ones", async () => {
  const all = Promise.withResolvers<undefined>();
  const alone = timeToGoWrong(2000).then(() => "the next call did not come");
  const calls = await openLoop(
    100,
    0.1,
    (number) => {
      if (number === 9) all.resolve(undefined);
      return Promise.race([all.promise, alone]);
    },
    NEVER,
  );
  assert.deepEqual(failuresOf(calls), []);
  assert.equal(calls.length, 10);
});
