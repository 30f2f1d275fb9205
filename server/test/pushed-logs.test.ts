/** With `OTEL_LOGS_EXPORTER=otlp`, a server sends the log lines that it writes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type OtlpReceiver, otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { recordingUpstream } from "../../test/support/recording-upstream.ts";
import { runServer, runStdio } from "../../test/support/running-server.ts";
import { until } from "../../test/support/wait.ts";

interface Value {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly Value[] };
}
interface Pair {
  readonly key: string;
  readonly value: Value;
}
interface Line {
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: Value;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly attributes: readonly Pair[];
}
interface Push {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: readonly Pair[] };
    readonly scopeLogs: readonly { readonly logRecords: readonly Line[] }[];
  }[];
}

const pushes = ({ requests, bodies }: OtlpReceiver): Push[] =>
  requests.flatMap(({ path }, at) => (path === "/v1/logs" ? [JSON.parse(String(bodies[at]))] : []));

const recordsIn = (receiver: OtlpReceiver): Line[] =>
  pushes(receiver).flatMap(({ resourceLogs }) =>
    resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords)),
  );

const plain = ({ stringValue, boolValue, intValue, doubleValue, arrayValue }: Value): unknown =>
  arrayValue?.values.map(plain) ??
  stringValue ??
  boolValue ??
  (intValue === undefined ? undefined : Number(intValue)) ??
  doubleValue;

const SEVERITIES: Readonly<Record<string, number>> = { debug: 5, info: 9, warn: 13, error: 17 };
const SECRET = "canary-hunter2-vermilion";

test("each line that is written is sent: as it is, with its time, severity, trace and fields", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const server = await runStdio(
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "http/json",
      OTEL_LOGS_EXPORTER: "otlp",
      OTEL_SERVICE_NAME: "sending",
      LOG_LEVEL: "debug",
    },
    "server/test/fixture-server.ts",
  );
  await server.client.callTool({ name: "echo", arguments: { value: SECRET } });
  await server.client.callTool({ name: "fail", arguments: { value: SECRET } });
  await server.stop();
  await server.untilRequests(2, ({ method }) => method === "tools/call");
  const lines = server.lines();
  const records = await until(
    () => {
      const found = recordsIn(receiver);
      return found.length >= lines.length && found;
    },
    () => `${recordsIn(receiver).length} of ${lines.length} lines came`,
  );
  assert.equal(records.length, lines.length);
  const text = server.text().split("\n");
  for (const [at, record] of records.entries()) {
    const line = lines[at] ?? assert.fail("more records than lines");
    assert.ok(text.includes(String(record.body.stringValue)), "the very line");
    assert.deepEqual(JSON.parse(String(record.body.stringValue)), line);
    assert.equal(record.timeUnixNano, `${Date.parse(String(line.time))}000000`);
    assert.equal(record.observedTimeUnixNano, "0", "Loki would keep it beside each line");
    assert.deepEqual([record.severityText, record.severityNumber], [line.level, SEVERITIES[String(line.level)]]);
    assert.deepEqual([record.traceId, record.spanId], [line.trace_id, line.span_id]);
    const { time: _t, service_name: _s, trace_id: _i, span_id: _p, trace_sampled: _f, err, ...fields } = line;
    const attributes = Object.fromEntries(record.attributes.map(({ key, value }) => [key, plain(value)]));
    const { type, message } = (err ?? {}) as Record<string, string>;
    const exception = err === undefined ? {} : { "exception.type": type, "exception.message": message };
    assert.deepEqual(attributes, { ...fields, ...exception });
  }
  assert.ok(records.some(({ traceId }) => traceId !== undefined));
  const [push] = pushes(receiver);
  const resource = Object.fromEntries(
    push?.resourceLogs[0]?.resource.attributes.map(({ key, value }) => [key, plain(value)]) ?? [],
  );
  assert.equal(resource["service.name"], "sending");
  assert.match(String(resource["service.instance.id"]), /^[\da-f-]{36}$/);
  assert.equal(JSON.stringify(records).includes(SECRET), false);
});

test("no line is sent by default, nor while the SDK is disabled", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  for (const own of [{}, { OTEL_LOGS_EXPORTER: "otlp", OTEL_SDK_DISABLED: "1" }]) {
    const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...own });
    await server.stop();
  }
  assert.deepEqual(
    receiver.requests.filter(({ path }) => path === "/v1/logs"),
    [],
  );
});

test("lines that are not accepted are counted as dropped, and no call waits for them", async (t) => {
  const receiver = await otlpReceiver(0, () => ({ status: 400 }));
  t.after(() => receiver.close());
  const server = await runServer({
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${receiver.url}/v1/logs`,
    OTEL_LOGS_EXPORTER: "otlp",
    OTEL_BLRP_SCHEDULE_DELAY: "100",
  });
  t.after(() => server.stop());
  const client = await server.client();
  await client.callTool({ name: "add", arguments: { a: 1, b: 2 } });
  await until(async () => Number(await server.metric("mcp_log_lines_dropped_total")) >= 5, "dropped lines");
  await client.close();
});

test("while a collector is silent, lines beyond the queue are dropped, and all of them are written", async (t) => {
  const silent = await recordingUpstream(t, () => {});
  const server = await runServer({
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: silent.url.href,
    OTEL_LOGS_EXPORTER: "otlp",
    OTEL_BLRP_SCHEDULE_DELAY: "1",
    OTEL_BLRP_MAX_QUEUE_SIZE: "2",
    // Longer than the test: what is lost later is not counted here.
    OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: "600000",
    OTEL_BLRP_EXPORT_TIMEOUT: "600000",
  });
  t.after(() => server.stop("SIGKILL"));
  const client = await server.client();
  await client.listTools();
  await server.untilRequests(1, ({ method }) => method === "tools/list");
  await until(async () => Number(await server.metric("mcp_log_lines_dropped_total")) > 0, "dropped lines");
  await client.close();
});
