/** Requests without sessions while they are in progress: apart from each other, and ended by a disconnect or a shutdown. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { envelope, headersOf, META, message, sendRaw } from "../../test/support/stateless-request.ts";
import { tokensFile } from "../../test/support/tokens-file.ts";

/** By subject. */
const TOKENS = { alice: "alice-token", bob: "bob-token" } as const;
type Subject = keyof typeof TOKENS;

let server: RunningServer;
before(async () => {
  server = await runServer({ MCP_AUTH_TOKENS_FILE: tokensFile(TOKENS) });
});
after(() => server?.stop());

/** @param signal disconnects */
const send = (subject: Subject, body: unknown, headers: Record<string, string>, signal?: AbortSignal) =>
  sendRaw(server.url, body, headers, { token: TOKENS[subject], ...(signal && { signal }) });

test("two subjects at once, with the same request id: each gets its own answer, and neither cancels the other", async () => {
  const slow = (ms: number, text: string) =>
    send(
      "alice",
      message("tools/call", { name: "fault", arguments: { mode: "slow", ms } }, envelope({ [text]: 1 }), 1),
      headersOf("tools/call", "fault"),
    );
  const add = (subject: Subject, a: number) =>
    send(
      subject,
      message("tools/call", { name: "add", arguments: { a, b: 0 } }, envelope(), 1),
      headersOf("tools/call", "add"),
    );
  const first = slow(1500, "x");
  await server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 1);
  for (let id = 0; id < 200; id += 1) {
    const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id, _meta: envelope() } };
    const answer = await send("bob", cancel, headersOf("notifications/cancelled"));
    assert.equal(answer.status, 202);
  }
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, a) => {
      const subject = a % 2 === 0 ? "alice" : "bob";
      const { id, result } = JSON.parse(await (await add(subject, a)).text());
      return [id, result.structuredContent.sum];
    }),
  );
  assert.deepEqual(
    answers,
    Array.from({ length: 40 }, (_, a) => [1, a]),
  );
  assert.equal(JSON.parse(await (await first).text()).result.structuredContent.text, "slow, but done");
  const lines = await server.untilRequests(
    40,
    ({ tool_name, outcome }) => tool_name === "add" && outcome === "success",
  );
  for (const subject of ["alice", "bob"]) assert.equal(lines.filter(({ user_id }) => user_id === subject).length, 20);
});

test("a disconnect cancels the call, and is no error", async () => {
  const abort = new AbortController();
  const hang = message("tools/call", { name: "fault", arguments: { mode: "hang" } }, envelope(), "gone");
  const call = send("alice", hang, headersOf("tools/call", "fault"), abort.signal);
  await server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 1);
  abort.abort();
  await assert.rejects(call);
  const [line] = await server.untilRequests(1, ({ request_id }) => request_id === "gone");
  assert.equal(line?.outcome, "cancelled");
  assert.equal(server.requests(({ method }) => method === "notifications/cancelled").length, 200, "only those sent");
});

test("a soak that disconnects one call in three ends with nothing pending, each with its outcome", async () => {
  const abort = new AbortController();
  const call = (index: number, ms: number, signal?: AbortSignal) => {
    const params = { name: "fault", arguments: { mode: "slow", ms } };
    const slow = message("tools/call", params, envelope(), `soak ${index}`);
    return send("bob", slow, headersOf("tools/call", "fault"), signal).then((answer) => answer.json());
  };
  const calls = Array.from({ length: 150 }, (_, index) =>
    index % 3 === 0 ? call(index, 9000, abort.signal) : call(index, 20),
  );
  await Promise.all(calls.filter((_, index) => index % 3 !== 0));
  await server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 50);
  abort.abort();
  const settled = await Promise.allSettled(calls);
  assert.equal(settled.filter(({ status }) => status === "rejected").length, 50);
  await server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 0);
  const lines = await server.untilRequests(150, ({ request_id }) => String(request_id).startsWith("soak"));
  const count = (outcome: string) => lines.filter((line) => line.outcome === outcome).length;
  assert.deepEqual([lines.length, count("success"), count("cancelled")], [150, 100, 50]);
});

test("a subscription is one open stream and one span until it ends, and the end of the server ends it", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const own = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const notifications = { toolsListChanged: true, resourceSubscriptions: ["table://7"] };
  const listen = message("subscriptions/listen", { notifications }, envelope(), "listener");
  const open = await sendRaw(own.url, listen, headersOf("subscriptions/listen"));
  assert.equal(open.headers.get("content-type"), "text/event-stream");
  await own.untilMetric("mcp_open_streams", 1);
  const stopped = own.stop("SIGTERM");
  const events = (await open.text()).split("\n").filter((row) => row.startsWith("data: "));
  const [acknowledged, result] = events.map((row) => JSON.parse(row.slice("data: ".length)));
  assert.equal(acknowledged.method, "notifications/subscriptions/acknowledged");
  assert.deepEqual(acknowledged.params.notifications, { toolsListChanged: true });
  assert.equal(acknowledged.params._meta[`${META}subscriptionId`], "listener");
  assert.deepEqual([result.id, result.result.resultType], ["listener", "complete"]);
  assert.equal(await stopped, 0);
  const span = receiver.spans.find(({ name }) => name === "subscriptions/listen");
  assert.equal(span?.status, 0);
  assert.equal(own.requests(({ method }) => method === "subscriptions/listen")[0]?.outcome, "success");
});
