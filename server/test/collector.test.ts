/**
 * A collector that is dead, refuses, hangs, asks for patience, or dies under load: calls do not notice, what is lost
 * is counted, export resumes.
 */
import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { ANY_RATE, hundred } from "../../test/support/batch.ts";
import { freePort } from "../../test/support/free-port.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { until } from "../../test/support/wait.ts";

const ADD = { name: "add", arguments: { a: 1, b: 1 } };

/** How many batches a server makes of a few spans depends on how busy the machine is. */
const untilExportFails = (server: RunningServer) =>
  until(
    async () => ((await server.metric("mcp_trace_export_failures_total")) ?? 0) > 0,
    "a failed export in mcp_trace_export_failures_total",
  );

test("a dead collector costs no call, its failures are counted, and export resumes when it comes back", async (t) => {
  const port = await freePort();
  const server = await runServer({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_BSP_EXPORT_TIMEOUT: "500",
  });
  t.after(() => server.stop("SIGKILL"));
  const client = await server.client();
  for (let call = 0; call < 20; call += 1) await client.callTool(ADD);
  await untilExportFails(server);
  assert.ok(((await server.metric("mcp_trace_spans_dropped_total")) ?? 0) > 0);

  const receiver = await otlpReceiver(port);
  t.after(() => receiver.close());
  await client.callTool(ADD);
  await receiver.until((spans) => spans.find(({ name }) => name === "tools/call add"));
  await client.close();
});

test("a collector that is down for several exports gets every span when it comes back", async (t) => {
  const port = await freePort();
  const server = await runServer({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_TIMEOUT: "500",
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "8",
  });
  t.after(() => server.stop("SIGKILL"));
  const client = await server.client();
  for (let call = 0; call < 20; call += 1) await client.callTool(ADD);
  await server.untilMetric("mcp_trace_export_failures_total", 2);

  const receiver = await otlpReceiver(port);
  t.after(() => receiver.close());
  await receiver.until((spans) => spans.filter(({ name }) => name === "tools/call add").length === 20);
  assert.equal(await server.metric("mcp_trace_spans_dropped_total"), 0);
  await client.close();
});

test("a refusing collector is a count, not an error", async (t) => {
  const receiver = await otlpReceiver(0, () => ({ status: 401 }));
  t.after(() => receiver.close());
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  t.after(() => server.stop("SIGKILL"));
  const client = await server.client();
  await client.callTool(ADD);
  await untilExportFails(server);
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
  const server = await runServer({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_TIMEOUT: "600000",
    ...ANY_RATE,
  });
  const client = await server.client();
  await client.callTool(ADD);
  for (let batch = 0; batch < 100; batch += 1) await hundred(server, client, "ping");
  const dropped = (await server.metric("mcp_trace_spans_dropped_total")) ?? 0;
  assert.ok(dropped > 0 && dropped < 10_000, `the queue is bounded, and what it cannot hold is counted: ${dropped}`);
  await client.close();
  assert.equal(await server.stop(), 0);
});

test("a collector that answers 429 and 503 with Retry-After gets every span when that time is over", async (t) => {
  const asked: number[] = [];
  const receiver = await otlpReceiver(0, (request) => {
    asked.push(performance.now());
    return request > 1 ? { status: 200 } : { status: request === 0 ? 429 : 503, retryAfter: 2 };
  });
  t.after(() => receiver.close());
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  t.after(() => server.stop("SIGKILL"));
  const client = await server.client();
  for (let call = 0; call < 20; call += 1) await client.callTool(ADD);
  await receiver.until((spans) => spans.filter(({ name }) => name === "tools/call add").length === 20);
  // Where nobody asks for patience, the exporter waits 1.8 s at most before its second retry, 1.2 s before its first.
  const [first = 0, second = 0, third = 0] = asked;
  assert.ok(second - first > 1900 && third - second > 1900, `asked at ${asked}`);
  assert.equal(await server.metric("mcp_trace_export_failures_total"), 0);
  assert.equal(await server.metric("mcp_trace_spans_dropped_total"), 0);
  await client.close();
});

test("a collector that asks for more patience than there is loses spans, which are counted, and is asked again", async (t) => {
  let patient = false;
  const receiver = await otlpReceiver(0, () => (patient ? { status: 200 } : { status: 503, retryAfter: 3600 }));
  t.after(() => receiver.close());
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_EXPORT_TIMEOUT: "1000" });
  t.after(() => server.stop("SIGKILL"));
  const client = await server.client();
  await client.callTool(ADD);
  await untilExportFails(server);
  const lost = await server.metric("mcp_trace_spans_dropped_total");
  assert.ok(lost !== undefined && lost > 0);
  patient = true;
  await client.callTool(ADD);
  await receiver.until((spans) => spans.find(({ name }) => name === "tools/call add"));
  assert.equal(await server.metric("mcp_trace_spans_dropped_total"), lost);
  await client.close();
});

test("of a collector that is killed and restarted under load, each span was taken or is counted as lost", async (t) => {
  const port = await freePort();
  const receivers = [await otlpReceiver(port)];
  t.after(() => Promise.all(receivers.map((receiver) => receiver.close())));
  const server = await runServer({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_BSP_EXPORT_TIMEOUT: "500",
  });
  t.after(() => server.stop("SIGKILL"));
  const client = await server.client();
  let loaded = true;
  const load = Promise.all(
    Array.from({ length: 4 }, async () => {
      while (loaded) await client.callTool(ADD);
    }),
  );
  const isAdd = ({ name }: { name: string }) => name === "tools/call add";
  await receivers[0]?.until((spans) => spans.some(isAdd));
  await receivers[0]?.close();
  const failures = () => server.metric("mcp_trace_export_failures_total");
  await until(async () => ((await failures()) ?? 0) > 0, "a failed export");
  receivers.push(await otlpReceiver(port));
  await receivers[1]?.until((spans) => spans.some(isAdd));
  loaded = false;
  await load;

  const calls = (await server.metric('mcp_tool_calls_total{tool_name="add",status="success",transport="http"}')) ?? 0;
  const finished = 2 + calls;
  await server.untilRequests(finished, () => true);
  const { exported, dropped } = await until(async () => {
    const exported = (await server.metric("mcp_trace_spans_exported_total")) ?? 0;
    const dropped = (await server.metric("mcp_trace_spans_dropped_total")) ?? 0;
    return exported + dropped >= finished && { exported, dropped };
  }, `${finished} spans exported or dropped`);
  assert.equal(exported + dropped, finished);
  const taken = new Set(receivers.flatMap(({ spans }) => spans.map(({ spanId }) => spanId)));
  assert.ok(dropped > 0 && taken.size >= exported, `${taken.size} taken, ${exported} exported, ${dropped} dropped`);
  await client.close();
});
