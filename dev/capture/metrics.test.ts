/** What is written down of the metrics, with an HTTP server in Prometheus' place. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { BackEnds } from "../lib/back-ends.ts";
import { sortedJson } from "../lib/sorted-json.ts";
import { metricNames } from "./metrics.ts";

const ANSWERS: Readonly<Record<string, unknown>> = {
  "/api/v1/series": [
    { __name__: "calls_total", job: "mcp-server", instance: "a:1", tool_name: "add" },
    { __name__: "calls_total", job: "mcp-server", instance: "b:1", status: "error" },
    { __name__: "ALERTS", alertname: "Watchdog" },
  ],
  "/api/v1/query_exemplars": [
    { seriesLabels: { __name__: "calls_total" }, exemplars: [{ labels: { trace_id: "0af7" } }] },
  ],
  "/api/v1/targets/metadata": [
    { target: { job: "mcp-server" }, metric: "calls", type: "counter" },
    { target: { job: "mcp-server" }, metric: "failures", type: "counter" },
  ],
  "/api/v1/targets": { activeTargets: [{ labels: { job: "mcp-server" }, health: "up" }] },
};

const prometheus = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? "", "http://prometheus");
  // This one takes no OTLP.
  response.writeHead(pathname.endsWith("/v1/metrics") ? 404 : 200).end(JSON.stringify({ data: ANSWERS[pathname] }));
});
let backEnds: BackEnds;

before(async () => {
  await once(prometheus.listen(0, "127.0.0.1"), "listening");
  backEnds = await BackEnds.find({ PROMETHEUS_PORT: String((prometheus.address() as AddressInfo).port) });
});
after(() => prometheus.close());

test("names, labels, jobs and exemplars of all series are written down, and no value of any", async () => {
  const { names } = await metricNames(backEnds, {});
  assert.deepEqual(names, {
    calls_total: {
      jobs: ["mcp-server"],
      labels: ["instance", "job", "status", "tool_name"],
      exemplars: ["trace_id"],
    },
    ALERTS: { jobs: [""], labels: ["alertname"] },
    failures_total: { jobs: ["mcp-server"], labels: [], announced: true },
  });
});

test("the metrics of a part that cannot be reached are kept and the part is named; metrics that a reachable part no longer has are dropped", async () => {
  const old = (job: string, ...labels: string[]) => ({ jobs: [job], labels: [...labels, "job"] });
  const { names, missed } = await metricNames(backEnds, {
    gone_total: old("mcp-server", "instance"),
    pushed_count: old("mcp-server", "server_address"),
    loki_lines_total: old("loki", "instance"),
    traces_spanmetrics_calls_total: { jobs: [""], labels: ["service"] },
  });
  assert.deepEqual(
    ["gone_total", "pushed_count", "loki_lines_total", "traces_spanmetrics_calls_total"].filter(
      (name) => name in names,
    ),
    ["pushed_count", "loki_lines_total", "traces_spanmetrics_calls_total"],
  );
  for (const part of ["loki", "tempo", "grafana", "otlp-receiver"]) {
    assert.ok(missed.includes(`${part}: metrics`), part);
  }
  assert.ok(!missed.includes("mcp-server: metrics"));
});

test("one changed name changes one line: keys are sorted, and short values stand in one line", () => {
  assert.equal(
    sortedJson({ b: { labels: ["x", "y"], jobs: [] }, a: "z" }),
    '{\n  "a": "z",\n  "b": { "jobs": [], "labels": ["x", "y"] }\n}\n',
  );
});
