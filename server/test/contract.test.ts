/** What is emitted and what conventions.ts defines are the same names: neither has one that the other has not. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { ATTR, BAGGAGE, LOG, METRICS, type MetricDefinition } from "mcp-telemetry/conventions";
import { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from "../../test/support/otlp-receiver.ts";
import { type LogLine, type RunningServer, runServer } from "../../test/support/running-server.ts";
import { upstreamsFile } from "../../test/support/upstreams-file.ts";

/** Of `warn` lines of the pipeline. */
const DEGRADED = ["dependency", "attempt", "delay_ms"];
/** Pino's own, and those of the server around the telemetry. */
const OTHER_FIELDS = ["level", "time", "pid", "host", "msg", "err", "url", "metrics_url", "deadline_ms", ...DEGRADED];
/** The agent's and the probe's own. */
const OTHER_ATTRIBUTES: readonly string[] = [ATTR.agentName, ATTR.probeTarget, ATTR.probeStep];
const PROBE_FIELDS: readonly string[] = [LOG.target, LOG.step, LOG.changes, LOG.suspicions];

let receiver: OtlpReceiver;
let server: RunningServer;
const spans: ReceivedSpan[] = [];
const lines: LogLine[] = [];
let metrics = "";

before(async () => {
  receiver = await otlpReceiver();
  const own = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, LOG_LEVEL: "debug", MCP_REPLICA: "replica-1" };
  for (const main of ["server/test/fixture-server.ts", "server/test/server-with-test-tools.ts"]) {
    server = await runServer(own, main);
    const client = await server.client();
    await everything(client);
    await throughProxy(server, own);
    await (client.transport as unknown as { terminateSession(): Promise<void> }).terminateSession();
    await client.close();
    await fetch(server.url, { method: "PUT" });
    await server.line(({ msg }) => msg === "session ended");
    metrics = await server.metrics();
    await server.stop();
    lines.push(...server.lines());
  }
  spans.push(...receiver.spans);
});
after(() => receiver?.close());

/** The names that only a process in front of several servers emits. */
async function throughProxy({ url }: RunningServer, own: Record<string, string>): Promise<void> {
  const proxy = await runServer({ ...own, MCP_UPSTREAMS_FILE: upstreamsFile({ fixture: url }) });
  await (await proxy.client()).close();
  await proxy.stop();
  lines.push(...proxy.lines());
}

/** Reaches every name, on whichever of the two servers has what it takes. */
async function everything(client: Client): Promise<void> {
  const _meta = {
    traceparent: "00-11111111111111111111111111111111-1111111111111111-01",
    baggage: "agent.run_id=run-1,tenant.id=acme",
  };
  const requests = [
    () => client.callTool({ name: "add", arguments: { a: 1, b: 1 }, _meta }),
    () => client.callTool({ name: "fault", arguments: { mode: "rate_limit" } }),
    () => client.callTool({ name: "ask_upstream", arguments: { sku: "A-1" } }),
    () => client.callTool({ name: "add", arguments: {} }),
    () => client.callTool({ name: "echo", arguments: { value: "x" } }),
    () => client.getPrompt({ name: "greet", arguments: { name: "x" } }),
    () => client.getPrompt({ name: "broken", arguments: { name: "x" } }),
    () => client.readResource({ uri: "note://store/1" }),
  ];
  for (const request of requests) await request().catch(() => {});
}

const own = (span: ReceivedSpan) => span.name === "mcp.session" || span.attributes[ATTR.methodName] !== undefined;

test("every attribute of a span is defined, and every attribute defined is on some span", () => {
  const seen = new Set(spans.filter(own).flatMap(({ attributes }) => Object.keys(attributes)));
  const defined = Object.values(ATTR).filter((name) => !OTHER_ATTRIBUTES.includes(name));
  assert.deepEqual([...seen].toSorted(), defined.toSorted());
});

test("every field of a log line is defined, and every field defined is on some line", () => {
  const seen = new Set(lines.flatMap((line) => Object.keys(line)));
  for (const name of OTHER_FIELDS) seen.delete(name);
  const fields: readonly string[] = [...Object.values(LOG), ...Object.values(BAGGAGE)];
  const defined = fields.filter((name) => !PROBE_FIELDS.includes(name));
  assert.deepEqual([...seen].toSorted(), defined.toSorted());
});

test("every metric of the server is defined, with its type and labels, and every metric defined is there", () => {
  const definitions: readonly MetricDefinition[] = Object.values(METRICS);
  const types = [...metrics.matchAll(/^# TYPE (mcp_\w+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`);
  assert.deepEqual(
    types.toSorted(),
    definitions.map(({ name, type }) => `${name.replace(/_total$/, "")} ${type}`).toSorted(),
  );
  for (const { name, labels } of definitions) {
    const series = new RegExp(`^${name}(?:_bucket|_sum|_count)?\\{(.*?)\\} `, "m").exec(metrics);
    const seen = [...(series?.[1] ?? "").matchAll(/(\w+)="/g)].map(([, label]) => label);
    if (seen.length > 0) assert.deepEqual(seen.filter((label) => label !== "le").toSorted(), [...labels].toSorted());
  }
});
