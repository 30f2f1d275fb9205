/** Callers cannot fill the memory of the process with sessions, and have a limit of messages in flight. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { callerKey } from "mcp-telemetry/caller-rate";
import { isOpen, open, PING, SLOW, send } from "../../test/support/raw-session.ts";
import { runServer } from "../../test/support/running-server.ts";
import { tokensFile } from "../../test/support/tokens-file.ts";

/** By subject. */
const TOKENS = { alice: "alice", bob: "bob", carol: "carol" } as const;

async function start(t: TestContext, own: Record<string, string>) {
  const server = await runServer(own);
  t.after(() => server.stop());
  return server;
}

test("a caller at its own limit loses its own oldest idle session", async (t) => {
  const server = await start(t, { MCP_AUTH_TOKENS_FILE: tokensFile(TOKENS), MCP_MAX_SESSIONS_PER_CALLER: "2" });
  const other = await open(server, "bob");
  const first = await open(server, "alice");
  const second = await open(server, "alice");
  await (await send(server, first, PING)).text();
  const third = await open(server, "alice");
  assert.deepEqual(await Promise.all([other, first, second, third].map((one) => isOpen(server, one))), [
    true,
    true,
    false,
    true,
  ]);
  const line = await server.line(({ msg, session_id }) => msg === "session ended" && session_id === second.id);
  assert.equal(line.end_reason, "evicted");
  assert.equal(await server.metric('mcp_sessions_total{transport="http",end_reason="evicted"}'), 1);
  const ended = /^mcp_server_session_duration_seconds_count\{.*error_type="evicted".*\} 1$/m;
  assert.match(await server.metrics(), ended, "the session ended with an error");
});

test("a session with a request in progress does not give way", async (t) => {
  const server = await start(t, { MCP_AUTH_TOKENS_FILE: tokensFile(TOKENS), MCP_MAX_SESSIONS_PER_CALLER: "1" });
  const busy = await open(server, "alice");
  const call = await send(server, busy, SLOW);
  const refused = await open(server, "alice");
  assert.equal(refused.status, 503);
  assert.match(await call.text(), /"result"/);
  assert.equal(await server.metric('mcp_http_rejections_total{reason="too_many_sessions"}'), 1);
});

test("in a full process, the caller with the most sessions loses its oldest idle one", async (t) => {
  const server = await start(t, {
    MCP_AUTH_TOKENS_FILE: tokensFile(TOKENS),
    MCP_MAX_SESSIONS: "3",
    MCP_MAX_SESSIONS_PER_CALLER: "3",
  });
  const bob = await open(server, "bob");
  const alice = [await open(server, "alice"), await open(server, "alice")];
  const carol = await open(server, "carol");
  const left = await Promise.all([bob, ...alice, carol].map((one) => isOpen(server, one)));
  assert.deepEqual(left, [true, false, true, true]);
});

test("in a full process, no caller with fewer sessions gives way", async (t) => {
  const server = await start(t, {
    MCP_AUTH_TOKENS_FILE: tokensFile(TOKENS),
    MCP_MAX_SESSIONS: "3",
    MCP_MAX_SESSIONS_PER_CALLER: "3",
  });
  const bob = await open(server, "bob");
  const alice = [await open(server, "alice"), await open(server, "alice")];
  const calls = await Promise.all(alice.map((one) => send(server, one, SLOW)));
  assert.equal((await open(server, "alice")).status, 503);
  assert.equal(await isOpen(server, bob), true);
  await Promise.all(calls.map((call) => call.text()));
});

test("messages in flight of one session are limited; another session is still served", async (t) => {
  const server = await start(t, { MCP_MAX_MESSAGES_IN_FLIGHT: "2" });
  const [busy, other] = [await open(server, ""), await open(server, "")];
  const calls = await Promise.all([SLOW, SLOW.replace('"id":3', '"id":4')].map((body) => send(server, busy, body)));
  const refused = await send(server, busy, PING);
  assert.equal(refused.status, 429, await refused.text());
  assert.equal(await isOpen(server, other), true);
  await Promise.all(calls.map((call) => call.text()));
  assert.equal(await isOpen(server, busy), true);
  assert.equal(await server.metric('mcp_http_rejections_total{reason="too_many_messages"}'), 1);
});

test("anonymous callers are told apart by their network", () => {
  const same = (one: string, other: string) => callerKey("anonymous", one) === callerKey("anonymous", other);
  assert.equal(same("192.0.2.1", "192.0.2.1"), true);
  assert.equal(same("192.0.2.1", "192.0.2.2"), false);
  assert.equal(same("::ffff:192.0.2.1", "::ffff:192.0.2.2"), false);
  assert.equal(same("2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6"), true);
  assert.equal(same("2001:db8:1:2::1", "2001:db8:1:3::1"), false);
  assert.equal(callerKey("alice", "192.0.2.1"), callerKey("alice", "192.0.2.2"));
});

test("one anonymous client cannot fill the heap with sessions", async (t) => {
  const server = await start(t, { NODE_OPTIONS: "--max-old-space-size=64" });
  for (let opened = 0; opened < 2000; opened += 100) {
    const statuses = await Promise.all(Array.from({ length: 100 }, async () => (await open(server, "")).status));
    assert.deepEqual(new Set(statuses), new Set([200]));
  }
  const evicted = await server.metric('mcp_sessions_total{transport="http",end_reason="evicted"}');
  assert.ok(evicted !== undefined && evicted > 1000, `${evicted} evicted`);
});
