/** A caller that floods the server is refused, and takes no line and no span from another caller. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { tokensFile } from "../../test/support/tokens-file.ts";
import { until } from "../../test/support/wait.ts";

/** By subject. */
const TOKENS = { hostile: "hostile", honest: "honest" } as const;
const NOTIFICATION = { jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: 1, progress: 1 } };
const ADD = { name: "add", arguments: { a: 1, b: 1 } };

async function start(t: TestContext, own: Record<string, string>) {
  const receiver = await otlpReceiver();
  const server = await runServer({
    MCP_AUTH_TOKENS_FILE: tokensFile(TOKENS),
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    ...own,
  });
  t.after(async () => {
    await server.stop();
    await receiver.close();
  });
  return { server, receiver };
}

const clientOf = (server: RunningServer, subject: keyof typeof TOKENS) =>
  server.client({ headers: { authorization: `Bearer ${subject}` } });

/** Sends a batch of notifications. @returns the answer, whose body is read */
async function send({ url }: RunningServer, client: Client, messages: number): Promise<Response> {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      authorization: "Bearer hostile",
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "mcp-session-id": client.transport?.sessionId ?? "",
    },
    body: JSON.stringify(new Array(messages).fill(NOTIFICATION)),
  });
  await answer.text();
  return answer;
}

test("a flood of notifications loses no line and no span, and another caller's calls have both", async (t) => {
  const { server, receiver } = await start(t, { MCP_MAX_MESSAGES_PER_SECOND: "200" });
  const [hostile, honest] = [await clientOf(server, "hostile"), await clientOf(server, "honest")];
  const statuses: number[] = [];
  const flood = Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let sent = 0; sent < 25; sent += 1) statuses.push((await send(server, hostile, 100)).status);
    }),
  );
  for (let call = 0; call < 20; call += 1) await honest.callTool(ADD);
  await flood;

  const refused = statuses.filter((status) => status === 429).length;
  const taken = 100 * statuses.filter((status) => status === 202).length;
  assert.ok(refused > 0 && taken > 0 && refused + taken / 100 === 200, `${refused} refused, ${taken} taken`);
  assert.equal(await server.metric('mcp_http_rejections_total{reason="message_rate"}'), refused);
  await server.untilRequests(taken, ({ method }) => method === "notifications/progress");
  await server.untilRequests(20, ({ tool_name }) => tool_name === "add");
  await until(
    () => server.lines().filter(({ reason }) => reason === "message_rate").length === refused,
    () => "a line for each refusal",
  );
  await receiver.until((spans) => spans.filter(({ name }) => name === "tools/call add").length === 20);
  await receiver.until((spans) => spans.filter(({ name }) => name === NOTIFICATION.method).length === taken);
  assert.equal(await server.metric("mcp_log_lines_dropped_total"), 0);
  assert.equal(await server.metric("mcp_trace_spans_dropped_total"), 0);
});

test("a caller beyond its rate is served again a moment later, and a batch above the rate is taken once", async (t) => {
  const { server } = await start(t, { MCP_MAX_MESSAGES_PER_SECOND: "20" });
  const [hostile, honest] = [await clientOf(server, "hostile"), await clientOf(server, "honest")];
  assert.equal((await send(server, hostile, 40)).status, 202);
  const refused = await send(server, hostile, 1);
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "1"]);
  await honest.callTool(ADD);
  await until(
    async () => (await send(server, hostile, 1)).status === 202,
    () => "it is refused for ever",
  );
});
