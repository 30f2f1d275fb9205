/** What a server sends to its client: each message is measured, and has a span that the client can continue. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ToolListChangedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { runServer } from "../../test/support/running-server.ts";

const FIXTURE = "server/test/fixture-server.ts";

async function start(t: TestContext) {
  const receiver = await otlpReceiver();
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }, FIXTURE);
  t.after(async () => {
    await server.stop();
    await receiver.close();
  });
  return { receiver, server };
}

test("the first 100 notifications of a call have spans, and all are measured", async (t) => {
  const { receiver, server } = await start(t);
  const client = await server.client();
  let reports = 0;
  const onprogress = () => {
    reports += 1;
  };
  await client.callTool({ name: "tell", arguments: { steps: 150 } }, undefined, { onprogress });
  assert.equal(reports, 150);
  const call = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call tell"));
  const sent = receiver.spans.filter(({ name }) => name === "notifications/progress");
  assert.equal(sent.length, 100);
  for (const { kind, parentSpanId } of sent) assert.deepEqual([kind, parentSpanId], [3, call.spanId]);
  const measured = /^mcp_client_operation_duration_seconds_count\{mcp_method_name="notifications\/progress",.*\} 150$/m;
  assert.match(await server.metrics(), measured);
  await client.close();
});

test("a notification outside of any call belongs to its session, and carries the context of its span", async (t) => {
  const { receiver, server } = await start(t);
  const client = await server.client();
  const received = Promise.withResolvers<unknown>();
  client.setNotificationHandler(ToolListChangedNotificationSchema, ({ params }) =>
    received.resolve(params?._meta?.traceparent),
  );
  await client.ping();
  await server.line(({ method }) => method === "ping");
  server.process.kill("SIGUSR2");
  const traceparent = await received.promise;
  await (client.transport as unknown as { terminateSession(): Promise<void> }).terminateSession();
  await client.close();
  const session = await receiver.until((spans) => spans.find(({ name }) => name === "mcp.session"));
  const sent = await receiver.until((spans) => spans.find(({ name }) => name === "notifications/tools/list_changed"));
  assert.deepEqual([sent.kind, sent.parentSpanId], [3, session.spanId]);
  assert.equal(traceparent, `00-${sent.traceId}-${sent.spanId}-01`);
});

test("without tracing nothing is added to a notification, and it is measured", async (t) => {
  const server = await runServer({}, FIXTURE);
  t.after(() => server.stop());
  const client = await server.client();
  const received = Promise.withResolvers<unknown>();
  client.setNotificationHandler(ToolListChangedNotificationSchema, (notification) => received.resolve(notification));
  await client.ping();
  await server.line(({ method }) => method === "ping");
  server.process.kill("SIGUSR2");
  assert.deepEqual(await received.promise, { method: "notifications/tools/list_changed" });
  assert.match(await server.metrics(), /^mcp_client_operation_duration_seconds_count\{.*list_changed".*\} 1$/m);
  await client.close();
});
