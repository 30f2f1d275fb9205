/** The life of sessions over HTTP. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runServer } from "../../test/support/running-server.ts";

test("an idle session expires, and its id is unknown afterwards", async (t) => {
  const server = await runServer({ MCP_SESSION_IDLE_MS: "1500" });
  t.after(() => server.stop());
  const client = await server.client();
  const { transport } = client;
  await (transport as unknown as { _abortController: AbortController })._abortController.abort();
  const ended = await server.line(({ msg }) => msg === "session ended");
  assert.equal(ended.end_reason, "idle_timeout");
  assert.equal(await server.metric('mcp_active_sessions{transport="http"}'), 0);
  const answer = await fetch(server.url, {
    method: "POST",
    headers: {
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "mcp-session-id": transport?.sessionId ?? "",
    },
    body: '{"jsonrpc":"2.0","id":9,"method":"ping"}',
  });
  assert.equal(answer.status, 404);
});

test("open sessions and event streams are counted while they last", async (t) => {
  const server = await runServer();
  t.after(() => server.stop());
  const first = await server.client();
  const second = await server.client();
  assert.equal(await server.metric('mcp_active_sessions{transport="http"}'), 2);
  await (second.transport as unknown as { terminateSession(): Promise<void> }).terminateSession();
  await server.line(({ end_reason }) => end_reason === "client_delete");
  assert.equal(await server.metric('mcp_active_sessions{transport="http"}'), 1);
  assert.equal(await server.metric('mcp_sessions_total{transport="http",end_reason="client_delete"}'), 1);
  await Promise.all([first.close(), second.close()]);
});
