/** The environment variables of the OpenTelemetry specification have the meaning that it gives them, or are named. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readTelemetryConfig, TELEMETRY_VARIABLES } from "mcp-telemetry/config";
import { WITHOUT_EFFECT } from "mcp-telemetry/sdk-variables";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { runServer, runStdio } from "../../test/support/running-server.ts";
import { until } from "../../test/support/wait.ts";

/** The names of the pages "Environment Variable Specification" and "OTLP Exporter Configuration". */
const SPECIFIED = [
  ..."SDK_DISABLED ENTITIES RESOURCE_ATTRIBUTES SERVICE_NAME LOG_LEVEL PROPAGATORS TRACES_SAMPLER TRACES_SAMPLER_ARG".split(
    " ",
  ),
  ...["BSP", "BLRP"].flatMap((processor) =>
    ["SCHEDULE_DELAY", "EXPORT_TIMEOUT", "MAX_QUEUE_SIZE", "MAX_EXPORT_BATCH_SIZE"].map(
      (name) => `${processor}_${name}`,
    ),
  ),
  ...["ATTRIBUTE", "SPAN_ATTRIBUTE", "LOGRECORD_ATTRIBUTE"].flatMap((of) => [
    `${of}_VALUE_LENGTH_LIMIT`,
    `${of}_COUNT_LIMIT`,
  ]),
  ..."SPAN_EVENT_COUNT_LIMIT SPAN_LINK_COUNT_LIMIT EVENT_ATTRIBUTE_COUNT_LIMIT LINK_ATTRIBUTE_COUNT_LIMIT".split(" "),
  ..."TRACES_EXPORTER METRICS_EXPORTER LOGS_EXPORTER CONFIG_FILE".split(" "),
  ..."METRICS_EXEMPLAR_FILTER METRIC_EXPORT_INTERVAL METRIC_EXPORT_TIMEOUT".split(" "),
  ..."PROMETHEUS_HOST PROMETHEUS_PORT ZIPKIN_ENDPOINT ZIPKIN_TIMEOUT".split(" ").map((name) => `EXPORTER_${name}`),
  ...["", "TRACES_", "METRICS_", "LOGS_"].flatMap((signal) =>
    "ENDPOINT INSECURE CERTIFICATE CLIENT_KEY CLIENT_CERTIFICATE HEADERS COMPRESSION TIMEOUT PROTOCOL"
      .split(" ")
      .map((name) => `EXPORTER_OTLP_${signal}${name}`),
  ),
  ..."SPAN_INSECURE METRIC_INSECURE METRICS_TEMPORALITY_PREFERENCE METRICS_DEFAULT_HISTOGRAM_AGGREGATION"
    .split(" ")
    .map((name) => `EXPORTER_OTLP_${name}`),
].map((name) => `OTEL_${name}`);

test("every variable of the specification is read or is listed as without effect, and is in the documents", () => {
  const read = Object.values(TELEMETRY_VARIABLES).map(({ name }) => name);
  const known = [...read.filter((name) => name.startsWith("OTEL_")), ...Object.keys(WITHOUT_EFFECT)];
  assert.deepEqual(known.toSorted(), SPECIFIED.toSorted());
  const documented = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");
  assert.deepEqual(
    SPECIFIED.filter((name) => !documented.includes(`\n| \`${name}\` |`)),
    [],
  );
});

const REFUSED = {
  OTEL_EXPORTER_OTLP_ENDPOINT: ["localhost:4318", "tempo", "ftp://127.0.0.1"],
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ["tempo:4318/v1/traces"],
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: ["prometheus:9090"],
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: ["loki:3100"],
  OTEL_LOGS_EXPORTER: ["console"],
  OTEL_EXPORTER_OTLP_PROTOCOL: ["http", "grpc/protobuf"],
  OTEL_EXPORTER_OTLP_COMPRESSION: ["zstd"],
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: ["0", "10s"],
  OTEL_EXPORTER_OTLP_HEADERS: ["authorization"],
  OTEL_EXPORTER_OTLP_CERTIFICATE: ["/no/such/file"],
  OTEL_RESOURCE_ATTRIBUTES: ["service.name", "a=b=c", "a=%", "=b"],
  OTEL_LOG_LEVEL: ["chatty"],
  OTEL_PROPAGATORS: ["b3", "tracecontext,xray", "none,baggage"],
  OTEL_TRACES_SAMPLER: ["sometimes", "parentbased_jaeger_remote"],
  OTEL_TRACES_SAMPLER_ARG: ["2", "half"],
  OTEL_TRACES_EXPORTER: ["zipkin", "otlp,console"],
  OTEL_METRICS_EXPORTER: ["prometheus", "console"],
  OTEL_BSP_SCHEDULE_DELAY: ["0", "1s"],
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: ["0", "8193"],
  OTEL_SPAN_EVENT_COUNT_LIMIT: ["-1", "1.5"],
};

for (const [name, values] of Object.entries(REFUSED)) {
  test(`${name} is refused by name when its value cannot be used`, () => {
    for (const value of values) {
      assert.throws(() => readTelemetryConfig({ [name]: value }), {
        name: "ConfigError",
        message: new RegExp(`${name}: `),
      });
    }
  });
}

test("OTEL_TRACES_EXPORTER chooses where spans go, and `otlp` has the endpoint of the specification", () => {
  const endpoint = "http://127.0.0.1:4318";
  const settingsOf = (own: Record<string, string>) => {
    const { traced, toConsole, endpoint } = readTelemetryConfig(own);
    return { traced, toConsole, endpoint };
  };
  const off = { traced: false, toConsole: false, endpoint: undefined };
  assert.deepEqual(settingsOf({}), off);
  assert.deepEqual(settingsOf({ OTEL_TRACES_EXPORTER: "none", OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }), off);
  assert.deepEqual(settingsOf({ OTEL_TRACES_EXPORTER: "otlp", OTEL_SDK_DISABLED: "true" }), off);
  assert.equal(settingsOf({ OTEL_TRACES_EXPORTER: "otlp" }).endpoint, "http://localhost:4318");
  const grpc = settingsOf({ OTEL_TRACES_EXPORTER: "otlp", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" });
  assert.equal(grpc.endpoint, "http://localhost:4317");
  assert.deepEqual(settingsOf({ OTEL_TRACES_EXPORTER: "console", OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }), {
    traced: true,
    toConsole: true,
    endpoint: undefined,
  });
});

const ADD = { name: "add", arguments: { a: 1, b: 1 } };

for (const [own, expected] of [
  [{}, "mcp-server"],
  [{ OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test,service.name=from%20attributes" }, "from attributes"],
  [{ OTEL_RESOURCE_ATTRIBUTES: "service.name=a", OTEL_SERVICE_NAME: "b" }, "b"],
] as const) {
  test(`with ${JSON.stringify(own)}, spans, log lines and the start line name ${expected}`, async (t) => {
    const receiver = await otlpReceiver();
    t.after(() => receiver.close());
    const server = await runServer({ ...own, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    t.after(() => server.stop("SIGKILL"));
    const client = await server.client();
    await client.callTool(ADD);
    const span = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call add"));
    assert.equal(span.service, expected);
    assert.equal(server.lines()[0]?.service_name, expected);
    assert.match(server.text(), new RegExp(`initialized.* service=${expected} `));
    await client.close();
  });
}

test("batch size, propagators and limits have their effect", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const server = await runServer({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "1",
    OTEL_PROPAGATORS: "none",
    OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: "3",
    OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: "1",
  });
  t.after(() => server.stop("SIGKILL"));
  const client = await server.client();
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  await client.callTool({ ...ADD, _meta: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } });
  await client.callTool({ name: "fault", arguments: { mode: "error" } });
  const add = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call add"));
  const failed = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call fault"));
  assert.notEqual(add.traceId, traceId);
  assert.equal(add.attributes["mcp.method.name"], "too");
  assert.equal(Object.keys(failed.events[0]?.attributes ?? {}).length, 1);
  assert.equal(receiver.requests.length, receiver.spans.length);
  await client.close();
});

for (const [name, run] of [
  ["http", runServer],
  ["stdio", runStdio],
] as const) {
  test(`over ${name}, the console exporter and the diagnostics write to stderr`, async (t) => {
    const server = await run({ OTEL_TRACES_EXPORTER: "console", OTEL_LOG_LEVEL: "debug" });
    t.after(() => server.stop());
    const client = typeof server.client === "function" ? await server.client() : server.client;
    const stdout: string[] = [];
    if ("process" in server) server.process.stdout?.on("data", (chunk) => stdout.push(String(chunk)));
    else client.onerror = (error) => stdout.push(`not JSON-RPC: ${error.message}`);
    await client.callTool(ADD);
    await server.untilRequests(1, ({ tool_name }) => tool_name === "add");
    assert.match(server.text(), /^\[opentelemetry\] debug: /m);
    await until(() => /^\[span\] \{ name: 'tools\/call add'/m.test(server.text()), "the span on stderr");
    assert.deepEqual(
      stdout
        .join("")
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("{")),
      [],
    );
    await client.close();
  });
}

test("a variable without effect is named at boot", async (t) => {
  const server = await runServer({
    OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: "1",
    OTEL_LOGS_EXPORTER: "none",
    OTEL_CONFIG_FILE: "",
  });
  t.after(() => server.stop("SIGKILL"));
  const warnings = server.lines().filter(({ level }) => level === "warn");
  assert.deepEqual(
    warnings.map(({ msg }) => String(msg).split(":")[0]),
    ["OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT has no effect"],
  );
});
