/** Every span ends in one counter, exported or dropped, whatever the collector does. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { readTelemetryConfig } from "mcp-telemetry/config";
import { runServer } from "../../test/support/running-server.ts";
import { until } from "../../test/support/wait.ts";
import { exportQueue } from "../telemetry/tracing/export-queue.ts";
import { newExportStats } from "../telemetry/tracing/tracing.ts";

const ADD = { name: "add", arguments: { a: 1, b: 1 } };
const CALLS = 20;
/** The requests `initialize` and `notifications/initialized` have spans too. */
const SPANS = CALLS + 2;

/** @returns its URL */
async function collector(t: TestContext, answer: (response: ServerResponse, request: number) => void): Promise<string> {
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume().once("end", () => answer(response, requests++));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function calledServer(t: TestContext, own: Record<string, string>) {
  const server = await runServer(own);
  t.after(() => server.stop("SIGKILL"));
  const client = await server.client();
  for (let call = 0; call < CALLS; call += 1) await client.callTool(ADD);
  const counts = async () => {
    const exported = (await server.metric("mcp_trace_spans_exported_total")) ?? 0;
    const dropped = (await server.metric("mcp_trace_spans_dropped_total")) ?? 0;
    return { exported, dropped };
  };
  return {
    ...server,
    client,
    settled: () =>
      until(async () => {
        const { exported, dropped } = await counts();
        return exported + dropped >= SPANS && { exported, dropped };
      }, "every span in a counter"),
  };
}

const JSON_ANSWER = JSON.stringify({ partialSuccess: { rejectedSpans: "2", errorMessage: "too old" } });
/** The same in protobuf. */
const PROTOBUF_ANSWER = Buffer.from([0x0a, 0x0b, 0x08, 0x02, 0x12, 0x07, ...Buffer.from("too old")]);

/** A collector over gRPC: each answer is a flag, the length of a message, the message, and a status. @returns its URL */
async function grpcCollector(t: TestContext, answer: Buffer, answered: () => void): Promise<string> {
  const frame = Buffer.concat([Buffer.alloc(5), answer]);
  frame.writeUInt32BE(answer.length, 1);
  const server = createHttp2Server((request, response) => {
    request.resume().once("end", () => {
      answered();
      response.writeHead(200, { "content-type": "application/grpc" });
      response.addTrailers({ "grpc-status": "0" });
      response.end(frame);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const httpCollector = (answer: Buffer | string) => (t: TestContext, answered: () => void) =>
  collector(t, (response) => {
    answered();
    response.end(answer);
  });

for (const [protocol, start] of [
  ["http/json", httpCollector(JSON_ANSWER)],
  ["http/protobuf", httpCollector(PROTOBUF_ANSWER)],
  ["grpc", (t: TestContext, answered: () => void) => grpcCollector(t, PROTOBUF_ANSWER, answered)],
] as const) {
  test(`over ${protocol}, spans that the collector refuses in partial_success are dropped, and it is said why`, async (t) => {
    let batches = 0;
    const url = await start(t, () => {
      batches += 1;
    });
    const server = await calledServer(t, {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "5",
    });
    const { exported, dropped } = await server.settled();
    assert.deepEqual([exported + dropped, dropped], [SPANS, 2 * batches]);
    const refusals = server.lines().filter(({ msg }) => msg === "the trace back end refused spans");
    assert.deepEqual(
      refusals.map(({ spans_dropped, reason }) => [spans_dropped, reason]),
      [[2, "too old"]],
    );
    await server.client.close();
  });
}

test("a partial_success with impossible values drops no more spans than were sent, and its reason is cut", async (t) => {
  const answers = [
    { rejectedSpans: "many", errorMessage: "no number" },
    { rejectedSpans: -5, errorMessage: { less: "than nothing" } },
    { rejectedSpans: 1e30, errorMessage: "x".repeat(100_000) },
  ];
  const url = await collector(t, (response, request) => {
    response.end(JSON.stringify({ partialSuccess: answers[Math.min(request, 2)] }));
  });
  const server = await calledServer(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "5",
  });
  const { exported, dropped } = await server.settled();
  assert.equal(exported + dropped, SPANS);
  assert.ok(exported > 0 && exported <= 10, `the spans of two batches are exported: ${exported}`);
  const { spans_dropped, reason } = await server.line(({ msg }) => msg === "the trace back end refused spans");
  assert.ok(Number(spans_dropped) <= 5, `no more than a batch: ${spans_dropped}`);
  assert.equal(reason, "x".repeat(500));
  await server.client.close();
});

test("the spans of a collector that answers 200 and then drips are dropped in time, and its connections end", async (t) => {
  const dripping = new Set<ServerResponse>();
  let healthy = false;
  const url = await collector(t, (response) => {
    if (healthy) return void response.end();
    response.writeHead(200).write(" ");
    const drip = setInterval(() => response.write(" "), 50);
    dripping.add(response);
    response.once("close", () => {
      clearInterval(drip);
      dripping.delete(response);
    });
  });
  const server = await calledServer(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_BSP_EXPORT_TIMEOUT: "500",
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "5",
  });
  assert.deepEqual(await server.settled(), { exported: 0, dropped: SPANS });
  await until(
    () => dripping.size === 0,
    () => `${dripping.size} connections drip`,
  );
  healthy = true;
  await server.client.callTool(ADD);
  await server.untilMetric("mcp_trace_spans_exported_total", 1);
  await server.client.close();
});

test("a collector that hangs while the server ends leaves as many dropped spans as a good one gets", async (t) => {
  const ended = async (answer: (response: ServerResponse) => void) => {
    const url = await collector(t, answer);
    const server = await calledServer(t, { OTEL_EXPORTER_OTLP_ENDPOINT: url });
    await server.client.close();
    assert.equal(await server.stop(), 0);
    const { spans_exported, spans_dropped } = await server.line(({ msg }) => msg === "telemetry stopped");
    return [spans_exported, spans_dropped];
  };
  const [good, bad] = await Promise.all([ended((response) => void response.end()), ended(() => {})]);
  assert.ok(Number(good[0]) >= SPANS);
  assert.deepEqual([good[1], bad], [0, [0, good[0]]]);
});

test("the queue is limited in spans and in bytes, and an exporter that throws has failed", async () => {
  const finish = async (own: Record<string, string>, attributes: Record<string, string>, throws = false) => {
    const stats = newExportStats();
    const hanging = {
      export() {
        if (throws) throw new Error("cannot be encoded");
      },
      shutdown: async () => {},
    };
    const queue = exportQueue(hanging, stats, readTelemetryConfig({ OTEL_BSP_SCHEDULE_DELAY: "10", ...own }));
    const tracer = new TracerProvider({ spanProcessors: [queue] }).getTracer("test");
    for (let span = 0; span < 100; span += 1) tracer.startSpan("x", { attributes }).end();
    const atOnce = stats.dropped;
    if (throws) await until(() => stats.failures > 0, "a failed export");
    queue.abandon();
    assert.deepEqual([stats.exported, stats.dropped], [0, 100]);
    return atOnce;
  };
  assert.equal(await finish({}, {}), 0);
  // Those of a batch that is with the exporter count, too.
  assert.equal(await finish({ OTEL_BSP_MAX_QUEUE_SIZE: "60", OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "30" }, {}), 40);
  assert.equal(await finish({}, { large: "x".repeat(1024 * 1024) }), 69);
  assert.equal(await finish({}, {}, true), 0);
});

test("a finished span waits for its batch, and a batch for its answer, as long as the variables say", async () => {
  const stats = newExportStats();
  const hanging = { export() {}, shutdown: async () => {} };
  const config = readTelemetryConfig({ OTEL_BSP_SCHEDULE_DELAY: "10", OTEL_BSP_EXPORT_TIMEOUT: "50" });
  const queue = exportQueue(hanging, stats, config);
  new TracerProvider({ spanProcessors: [queue] }).getTracer("test").startSpan("x").end();
  await until(() => stats.failures === 1, "the batch has failed", 3000);
  assert.deepEqual([stats.exported, stats.dropped], [0, 1]);
});
