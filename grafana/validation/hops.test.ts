/**
 * Every link from one signal to the next works at both ends: the names that the data sources follow were exported by a
 * running stack, and the settings that make it export them are on.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ATTR, EXEMPLAR_TRACE_ID, LOG, METRICS, type MetricDefinition } from "mcp-telemetry/conventions";
import { parse } from "yaml";
import { BOARDS } from "../src/board-names.ts";
import { SERVER } from "../src/service.ts";
import { captured } from "./captured.ts";
import { boardLink } from "./links.ts";
import { dataSources, expanded, uids } from "./provisioned.ts";

const { metrics, logs, traces } = captured();
const { prometheus, loki, tempo } = dataSources();
const file = (...path: string[]) => readFileSync(join(import.meta.dirname, "..", "..", ...path), "utf8");
const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const GENERATOR_EXEMPLAR = "traceID";

test("metric → trace: Prometheus' data source links the trace id label of exemplars to Tempo", () => {
  const destinations = prometheus.jsonData.exemplarTraceIdDestinations;
  for (const { datasourceUid } of destinations) assert.equal(datasourceUid, tempo.uid);
  const seen = new Set(Object.values(metrics).flatMap(({ exemplars = [] }) => exemplars));
  assert.deepEqual(new Set(destinations.map(({ name }) => name)), seen);
  assert.deepEqual(seen, new Set([EXEMPLAR_TRACE_ID, GENERATOR_EXEMPLAR]));
});

test("metric → trace: exactly the metrics that are defined with exemplars were captured with exemplars", () => {
  const definitions: readonly MetricDefinition[] = Object.values(METRICS);
  const defined = definitions.filter(({ exemplars }) => exemplars).map(({ name }) => `${name}_bucket`);
  const seen = Object.keys(metrics).filter((name) => metrics[name]?.exemplars?.includes(EXEMPLAR_TRACE_ID));
  assert.deepEqual(seen.sort(), defined.sort());
});

test("metric → trace: Prometheus stores exemplars, and accepts what Tempo and the server push", () => {
  const { services } = parse(file("docker-compose.yml"), { merge: true });
  for (const flag of [
    "--enable-feature=exemplar-storage",
    "--web.enable-remote-write-receiver",
    "--web.enable-otlp-receiver",
  ]) {
    assert.ok(services.prometheus.command.includes(flag), flag);
  }
  assert.equal(services["mcp-server"].environment.OTEL_METRICS_EXPORTER, "otlp");
});

test("log → trace: one link, by the trace id of the structured metadata", () => {
  const toTrace = loki.jsonData.derivedFields.filter(({ datasourceUid }) => datasourceUid === tempo.uid);
  assert.equal(toTrace.length, 1);
  const [{ url, matcherType, matcherRegex } = { url: "", matcherType: "", matcherRegex: "" }] = toTrace;
  assert.equal(expanded(url, { "__value.raw": TRACE_ID }), TRACE_ID);
  assert.deepEqual([matcherType, matcherRegex], ["label", LOG.traceId]);
  assert.ok(logs[SERVER]?.metadata.includes(LOG.traceId));
});

test("log → session: the session id links to the board of one session, at the time of the page", () => {
  const field = loki.jsonData.derivedFields.find(({ matcherRegex }) => matcherRegex === LOG.sessionId);
  assert.ok(logs[SERVER]?.metadata.includes(LOG.sessionId));
  const url = expanded(field?.url ?? "", { "__value.raw": "some-id", __from: "1", __to: "2" });
  assert.match(url, /&from=1&to=2$/);
  assert.deepEqual(boardLink(url), { uid: BOARDS.session.uid, variables: ["session"] });
});

test("logs: Promtail sends the fields that links use as structured metadata", () => {
  const { scrape_configs } = parse(file("loki", "promtail.yml"));
  const stages: Record<string, Record<string, unknown>>[] = scrape_configs[0].pipeline_stages;
  const shipped = stages.flatMap(({ structured_metadata = {} }) => Object.keys(structured_metadata));
  const linkFields = [LOG.traceId, LOG.spanId, LOG.sessionId, LOG.toolName];
  assert.deepEqual(
    linkFields.filter((name) => !shipped.includes(name) || !logs[SERVER]?.metadata.includes(name)),
    [],
  );
});

test("trace → logs: a span links to the log lines with its service and trace id", () => {
  const { datasourceUid, tags, query } = tempo.jsonData.tracesToLogsV2;
  assert.equal(datasourceUid, loki.uid);
  assert.deepEqual(tags, [{ key: "service.name", value: LOG.serviceName }]);
  for (const [service, { resource }] of Object.entries(traces.services)) {
    assert.ok(resource.includes("service.name"), service);
    assert.ok(logs[service]?.labels.includes(LOG.serviceName), service);
  }
  assert.equal(
    expanded(query, { __tags: `${LOG.serviceName}="${SERVER}"`, "__trace.traceId": TRACE_ID }),
    `{${LOG.serviceName}="${SERVER}"} | ${LOG.traceId} = "${TRACE_ID}"`,
  );
});

test("trace → metrics: a span's tool is a label of the metrics that it links to", () => {
  const { datasourceUid, tags, queries } = tempo.jsonData.tracesToMetrics;
  assert.equal(datasourceUid, prometheus.uid);
  assert.deepEqual(tags, [{ key: ATTR.toolName, value: "tool_name" satisfies (typeof METRICS.toolCalls.labels)[0] }]);
  assert.ok(traces.services[SERVER]?.span.includes(ATTR.toolName));
  const expected = [METRICS.toolCalls, METRICS.toolDuration];
  assert.equal(queries.length, expected.length);
  for (const [index, { name }] of expected.entries()) {
    assert.match(queries[index]?.query ?? "", new RegExp(`${name}(_bucket)?\\{\\$__tags\\}`));
  }
});

test("trace → service map: Tempo's metrics generator sends the service graph metrics to Prometheus", () => {
  assert.equal(tempo.jsonData.serviceMap.datasourceUid, prometheus.uid);
  assert.equal(tempo.jsonData.nodeGraph.enabled, true);
  for (const name of [
    "traces_service_graph_request_total",
    "traces_service_graph_request_server_seconds_sum",
    "traces_spanmetrics_calls_total",
  ]) {
    assert.ok(metrics[name], name);
  }
  const config = parse(file("tempo", "tempo.yml"));
  assert.deepEqual(config.overrides.defaults.metrics_generator.processors, ["service-graphs", "span-metrics"]);
  const [write] = config.metrics_generator.storage.remote_write;
  assert.equal(new URL(write.url).pathname, "/api/v1/write");
  assert.equal(write.send_exemplars, true);
});

test("alerts: both data sources with rules name their Alertmanager", () => {
  for (const { jsonData } of [prometheus, loki]) assert.ok(uids().includes(jsonData.alertmanagerUid));
});

test("one name for a service in all three signals: job, service_name, service.name", () => {
  const jobs = metrics.up?.jobs ?? [];
  for (const service of Object.keys(traces.services)) {
    assert.ok(jobs.includes(service), `there is no scrape job ${service}`);
    assert.ok(service in logs, `${service} has no log`);
  }
});
