/** What the definitions of the tools cost the context of a client's model. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runServer } from "../../test/support/running-server.ts";

const PROTOCOL = { accept: "application/json, text/event-stream", "content-type": "application/json" };

test("each definition and the whole list are measured as the wire has them, from the first list on", async (t) => {
  const server = await runServer();
  t.after(() => server.stop());
  assert.doesNotMatch(await server.metrics(), /^mcp_tools?_(definition|list)_bytes[{ ]/m, "no size is claimed before");

  const client = await server.client();
  const headers = { ...PROTOCOL, "mcp-session-id": String(client.transport?.sessionId) };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 77, method: "tools/list" });
  const answer = await (await fetch(server.url, { method: "POST", headers, body })).text();
  const { result } = JSON.parse(answer);

  const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
  await server.untilMetric("mcp_tools_list_bytes", bytes(result));
  assert.ok(answer.includes(JSON.stringify(result)), "the result is the text that was sent");
  assert.ok(result.tools.length > 1);
  for (const tool of result.tools) {
    assert.equal(await server.metric(`mcp_tool_definition_bytes{tool_name="${tool.name}"}`), bytes(tool));
  }
  await client.close();
});
