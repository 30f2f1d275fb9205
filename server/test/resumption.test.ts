/** The SDK's client loses its connections, comes back, and reads on where it was. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { breakableLine } from "../../test/support/breakable-line.ts";
import { runServer } from "../../test/support/running-server.ts";

const RECONNECTION = {
  initialReconnectionDelay: 50,
  maxReconnectionDelay: 50,
  reconnectionDelayGrowFactor: 1,
  maxRetries: 1000,
};
const OPEN_STREAMS = "mcp_open_streams";

async function start(t: TestContext) {
  const server = await runServer({}, "server/test/resumable-server.ts");
  const network = await breakableLine(t, server.url);
  const client = new Client({ name: "test", version: "1.0.0" });
  client.onerror = () => {};
  await client.connect(
    new StreamableHTTPClientTransport(network.url, { reconnectionOptions: RECONNECTION }) as Transport,
  );
  t.after(async () => {
    await client.close();
    await server.stop();
  });
  await server.untilMetric(OPEN_STREAMS, 1);
  return { server, network, client };
}

const calls = (tool: string, status: string) =>
  `mcp_tool_calls_total{tool_name="${tool}",status="${status}",transport="http"}`;

test("a stream that breaks during a call goes on: every report of progress comes once, then the answer", async (t) => {
  const { server, network, client } = await start(t);
  const reports: number[] = [];
  const answer = await client.callTool({ name: "countdown", arguments: { from: 20 } }, undefined, {
    onprogress({ progress }) {
      reports.push(progress);
      if (progress !== 2) return;
      network.cut();
      network.restore();
    },
  });
  assert.deepEqual(answer.structuredContent, { steps: 20 });
  assert.deepEqual(
    reports,
    Array.from({ length: 20 }, (_, step) => step + 1),
  );
  await server.untilMetric(OPEN_STREAMS, 1);
  assert.equal(await server.metric(calls("countdown", "success")), 1);
});

test("an answer that was sent while the client was away is there when it comes back, and its stream ends", async (t) => {
  const { server, network, client } = await start(t);
  const answer = client.callTool({ name: "countdown", arguments: { from: 5 } }, undefined, {
    onprogress({ progress }) {
      if (progress === 1) network.cut();
    },
  });
  const [request] = await server.untilRequests(1, ({ tool_name }) => tool_name === "countdown");
  assert.equal(request?.outcome, "success");
  network.restore();
  assert.deepEqual((await answer).structuredContent, { steps: 5 });
  await server.untilMetric(OPEN_STREAMS, 1);
});

test("a cancelled call leaves no stream open, though the client comes back for its rest", async (t) => {
  const { server, client } = await start(t);
  const abort = new AbortController();
  const call = client.callTool({ name: "countdown", arguments: { from: 100 } }, undefined, {
    signal: abort.signal,
    onprogress: () => abort.abort(),
  });
  await assert.rejects(call);
  await server.untilMetric(calls("countdown", "cancelled"), 1);
  assert.deepEqual((await client.callTool({ name: "add", arguments: { a: 1, b: 2 } })).structuredContent, { sum: 3 });
  await server.untilMetric(OPEN_STREAMS, 1);
});

test("an event that is not known is refused, and counted", async (t) => {
  const { server, client } = await start(t);
  const response = await fetch(server.url, {
    headers: {
      accept: "text/event-stream",
      "mcp-session-id": String(client.transport?.sessionId),
      "last-event-id": "no-such-event",
    },
  });
  assert.equal(response.status, 400);
  assert.ok(!(await response.text()).includes("no-such-event"));
  assert.equal(await server.metric('mcp_http_rejections_total{reason="unknown_event"}'), 1);
});
