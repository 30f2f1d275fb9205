/** With `OTEL_METRICS_EXPORTER=otlp`, a server over stdio pushes the series that a scrape of its `/metrics` has. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { runServer, runStdio } from "../../test/support/running-server.ts";
import { until } from "../../test/support/wait.ts";

interface Pair {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}
interface Point {
  readonly attributes: readonly Pair[];
  readonly asDouble?: number;
  readonly count?: number | string;
  readonly sum?: number;
  readonly bucketCounts?: readonly (number | string)[];
  readonly explicitBounds?: readonly number[];
}
interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly sum?: { readonly dataPoints: readonly Point[]; readonly isMonotonic: boolean };
  readonly gauge?: { readonly dataPoints: readonly Point[] };
  readonly histogram?: { readonly dataPoints: readonly Point[] };
}
interface Push {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly Pair[] };
    readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[];
  }[];
}

const metricsOf = ({ resourceMetrics }: Push) =>
  resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));

const key = (name: string, labels: readonly (readonly [string, string])[]) =>
  `${name}{${[...labels].sort(([a], [b]) => (a < b ? -1 : 1)).map(([label, value]) => `${label}=${value}`)}}`;

/** As Prometheus translates OTLP. The names have their units already. */
function translated(metric: Metric): Map<string, number> {
  const series = new Map<string, number>();
  const labelsOf = ({ attributes }: Point) =>
    attributes.map(({ key: name, value }) => [name, value.stringValue] as const);
  for (const point of metric.sum?.dataPoints ?? [])
    series.set(key(`${metric.name}_total`, labelsOf(point)), point.asDouble ?? 0);
  for (const point of metric.gauge?.dataPoints ?? [])
    series.set(key(metric.name, labelsOf(point)), point.asDouble ?? 0);
  for (const point of metric.histogram?.dataPoints ?? []) {
    const labels = labelsOf(point);
    let total = 0;
    for (const [bucket, count] of (point.bucketCounts ?? []).entries()) {
      total += Number(count);
      const le = String(point.explicitBounds?.[bucket] ?? "+Inf");
      series.set(key(`${metric.name}_bucket`, [...labels, ["le", le]]), total);
    }
    series.set(key(`${metric.name}_sum`, labels), point.sum ?? 0);
    series.set(key(`${metric.name}_count`, labels), Number(point.count));
  }
  return series;
}

/** What a scrape has, in the text format. */
function scraped(text: string): Map<string, number> {
  const rows = text.split("\n").filter((row) => row !== "" && !row.startsWith("#"));
  return new Map(
    rows.map((row) => {
      const [, name = "", labels = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(row) ?? assert.fail(row);
      return [
        key(
          name,
          [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = "", of = ""]) => [label, of]),
        ),
        Number(value),
      ];
    }),
  );
}

/** Those that come with the first request in progress, and with the first garbage collection: it may be after the push. */
const PASSING = /^nodejs_(active_requests$|gc_)/;
const namesOf = (series: Map<string, number>): Set<string> =>
  new Set([...series.keys()].map((name) => name.replace(/\{.*/, "")).filter((name) => !PASSING.test(name)));

for (const traces of ["otlp", "none"]) {
  test(`a server over stdio pushes what it would serve, with traces to ${traces}`, async (t) => {
    const receiver = await otlpReceiver();
    t.after(() => receiver.close());
    const server = await runStdio({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http/json",
      OTEL_TRACES_EXPORTER: traces,
      OTEL_METRICS_EXPORTER: "otlp",
      OTEL_METRIC_EXPORT_INTERVAL: "300",
      OTEL_SERVICE_NAME: "pushing",
    });
    await server.client.callTool({ name: "add", arguments: { a: 1, b: 2 } });
    const pushes = () =>
      receiver.requests
        .flatMap(({ path }, at) => (path === "/v1/metrics" ? [JSON.parse(String(receiver.bodies[at])) as Push] : []))
        .filter((push) => metricsOf(push).some(({ name }) => name === "mcp_tool_calls"));
    const after = pushes().length + 1;
    const push = await until(() => pushes()[after], "a push after the call");
    const scrape = await fetch(await server.metricsUrl("/metrics"), { headers: { accept: "text/plain" } });
    const expected = scraped(await scrape.text());
    const got = new Map(metricsOf(push).flatMap((metric) => [...translated(metric)]));
    const changing = /^(process_|nodejs_|mcp_oldest_session_seconds)/;
    const stable = (series: Map<string, number>) =>
      [...series].filter(([name]) => !changing.test(name) && !name.includes("export")).sort();
    assert.deepEqual(stable(got), stable(expected));
    assert.deepEqual(namesOf(got), namesOf(expected));
    const units = new Map(metricsOf(push).map(({ name, unit }) => [name, unit]));
    assert.deepEqual([units.get("mcp_tool_duration_seconds"), units.get("process_resident_memory_bytes")], ["s", "By"]);
    const resource = push.resourceMetrics[0]?.resource.attributes.map(({ key: name }) => name) ?? [];
    assert.deepEqual(
      ["service.instance.id", "service.name"].filter((name) => !resource.includes(name)),
      [],
    );
    await server.stop();
  });
}

test("a server over HTTP, which is scraped, pushes none of its series", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const server = await runServer({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http/json",
    OTEL_METRICS_EXPORTER: "otlp",
    OTEL_METRIC_EXPORT_INTERVAL: "300",
  });
  const client = await server.client();
  await client.callTool({ name: "add", arguments: { a: 1, b: 2 } });
  await client.close();
  await server.stop();
  const pushed = receiver.bodies.filter((_, at) => receiver.requests[at]?.path === "/v1/metrics");
  assert.equal(
    pushed.some((body) => body.includes("mcp_tool_calls")),
    false,
  );
});

test("a push that the back end does not take is told once", async (t) => {
  const asked: string[] = [];
  const backEnd = createServer((request, response) => {
    asked.push(String(request.url));
    request.resume();
    response.writeHead(404).end();
  });
  await once(backEnd.listen(0, "127.0.0.1"), "listening");
  t.after(() => backEnd.close());
  const { port } = backEnd.address() as AddressInfo;
  const server = await runStdio({
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `http://127.0.0.1:${port}/v1/metrics`,
    OTEL_METRICS_EXPORTER: "otlp",
    OTEL_METRIC_EXPORT_INTERVAL: "200",
  });
  t.after(() => server.stop());
  const isTold = ({ msg }: { msg?: unknown }) => msg === "metrics cannot be pushed";
  const { level, reason } = await server.line(isTold);
  assert.deepEqual([level, reason], ["warn", "Not Found"]);
  await until(() => asked[3], "further pushes");
  assert.equal(server.lines().filter(isTold).length, 1);
});
