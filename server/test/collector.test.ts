/** A collector that is dead, refuses, or hangs: calls do not notice, losses are counted, export resumes. */
import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { otlpReceiver } from "../../deploy/smoke/otlp-receiver.ts";
import { freePort } from "./free-port.ts";
import { runServer } from "./running-server.ts";

const ADD = { name: "add", arguments: { a: 1, b: 1 } };

test("a dead collector costs no call, its failures are counted, and export resumes when it comes back", async (t) => {
  const port = await freePort();
  const server = await runServer({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_TIMEOUT: "500",
  });
  t.after(() => server.stop());
  const client = await server.client();
  for (let call = 0; call < 20; call += 1) await client.callTool(ADD);
  await server.untilMetric("mcp_trace_export_failures_total", 1);
  assert.ok(((await server.metric("mcp_trace_spans_dropped_total")) ?? 0) > 0);

  const receiver = await otlpReceiver(port);
  t.after(() => receiver.close());
  await client.callTool(ADD);
  await receiver.until((spans) => spans.find(({ name }) => name === "tools/call add"), 15_000);
  await client.close();
});

test("a refusing collector is a count, not an error", async (t) => {
  const receiver = await otlpReceiver(0, 401);
  t.after(() => receiver.close());
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  t.after(() => server.stop());
  const client = await server.client();
  await client.callTool(ADD);
  await server.untilMetric("mcp_trace_export_failures_total", 1);
  assert.equal(await server.metric("mcp_trace_spans_exported_total"), 0);
  assert.equal(server.lines().filter(({ level }) => level === "error").length, 0);
  await client.close();
});

test("a hanging collector slows no call and does not keep the process from ending", async (t) => {
  const sockets: Socket[] = [];
  const hanging = createServer((socket) => sockets.push(socket));
  const port = await freePort();
  await new Promise<void>((resolve) => hanging.listen(port, "127.0.0.1", resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    hanging.close();
  });
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  const client = await server.client();
  for (let batch = 0; batch < 100; batch += 1) {
    await Promise.all(Array.from({ length: 100 }, () => client.callTool(ADD)));
  }
  const dropped = (await server.metric("mcp_trace_spans_dropped_total")) ?? 0;
  assert.ok(dropped > 0 && dropped < 10_000, `the queue is bounded, and what it cannot hold is counted: ${dropped}`);
  await client.close();
  assert.equal(await server.stop(), 0);
});
