/** The checks of each query language: what they report, and what they accept. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CapturedLogs, CapturedMetrics, CapturedTraces } from "./captured.ts";
import { unknownNamesInLogql } from "./logql.ts";
import { unknownNamesInPromql } from "./promql.ts";
import { unknownNamesInTraceql } from "./traceql.ts";

const METRICS: CapturedMetrics = {
  calls_total: { jobs: ["server"], labels: ["instance", "job", "status"] },
  up: { jobs: ["server", "loki"], labels: ["instance", "job"] },
};
const LOGS: CapturedLogs = {
  server: {
    labels: ["level", "service_name"],
    metadata: ["tool_name"],
    fields: ["err.message", "msg", "ms", "tool_name"],
  },
};
const TRACES: CapturedTraces = {
  intrinsics: ["duration", "name", "status"],
  services: {
    server: { resource: ["service.name"], span: ["gen_ai.tool.name"], event: [] },
    agent: { resource: ["service.name"], span: ["agent.run_id"], event: [] },
  },
};

const promql = (query: string) => unknownNamesInPromql(query, METRICS);
const logql = (query: string) => unknownNamesInLogql(query, LOGS);
const traceql = (query: string) => unknownNamesInTraceql(query, TRACES);

test("PromQL with known names is accepted", () => {
  for (const query of [
    'sum by (status) (rate(calls_total{job="server", status=~"a|b"}[5m])) / on (status) group_left sum by (status) (calls_total)',
    'calls_total > 0 or label_replace(vector(0), "reason", "none", "", "")',
    'sum by (reason) (label_replace(calls_total, "reason", "$1", "status", "(.*)"))',
    '{__name__="up", job=~"server|loki"}',
  ]) {
    assert.deepEqual(promql(query), [], query);
  }
});

test("PromQL: an unknown metric, label, grouping or job is reported", () => {
  assert.deepEqual(promql("rate(cals_total[5m])"), ["metric cals_total does not exist"]);
  assert.deepEqual(promql('calls_total{state="a"}'), ["calls_total has no label state"]);
  assert.deepEqual(promql("sum by (state) (calls_total)"), ["calls_total: no label state"]);
  assert.deepEqual(promql("up / on (status) calls_total"), ["up, calls_total: no label status"]);
  assert.deepEqual(promql('calls_total{job="loki"}'), ["calls_total does not come from job loki"]);
});

test("LogQL with known names is accepted", () => {
  for (const query of [
    '{service_name="server", level="error"} | tool_name="add" != `x`',
    '{service_name="server"} | json | err_message="x" | tool_name_extracted="add" | ms > 10',
    '{service_name="server"} | json m="msg" | line_format `{{if .m}}{{.m}}{{end}}{{.tool_name}}`',
    'max by (tool_name) (max_over_time({service_name="server"} | json ms="ms" | unwrap ms [5m]))',
  ]) {
    assert.deepEqual(logql(query), [], query);
  }
});

test("LogQL: an unknown service, label, field, filter, template or grouping is reported", () => {
  assert.deepEqual(logql('{service_name="sever"}'), ["no log of sever was captured"]);
  assert.deepEqual(logql('{level="error"}'), ["the selector has no service_name"]);
  assert.deepEqual(logql('{service_name="server", lvl="error"}'), ["server: no label lvl"]);
  assert.deepEqual(logql('{service_name="server"} | json m="mesg"'), ["server: no field mesg"]);
  assert.deepEqual(logql('{service_name="server"} | tool="add"'), ["server: no label or field tool"]);
  assert.deepEqual(logql('{service_name="server"} | msg="x"'), ["server: no label or field msg"]);
  assert.deepEqual(logql('{service_name="server"} | line_format `{{.msg}}`'), ["server: no label or field msg"]);
  assert.deepEqual(logql('sum by (tool) (count_over_time({service_name="server"}[5m]))'), [
    "server: no label or field tool",
  ]);
  assert.deepEqual(logql('max_over_time({service_name="server"} | unwrap ms [5m])'), ["server: no label or field ms"]);
});

test("TraceQL with known names is accepted", () => {
  for (const query of [
    '{ resource.service.name = "server" && span.gen_ai.tool.name != nil && duration > 2s } | select(status)',
    "{ span.agent.run_id != nil }",
  ]) {
    assert.deepEqual(traceql(query), [], query);
  }
});

test("TraceQL: an unknown service, attribute or field is reported, and an attribute of another service", () => {
  assert.deepEqual(traceql('{ resource.service.name = "sever" }'), ["no spans of sever were captured"]);
  assert.deepEqual(traceql('{ resource.service.name = "server" && span.agent.run_id != nil }'), [
    "server: no span attribute agent.run_id",
  ]);
  assert.deepEqual(traceql("{ name = `x` } | select(span.tool)"), ["any service: no span attribute tool"]);
  assert.deepEqual(traceql("{ .tool = 1 }"), [".tool has no scope"]);
  assert.deepEqual(traceql("{ kind = server }"), ["no intrinsic field kind"]);
});

test("a query that does not parse is reported with the position", () => {
  assert.throws(() => promql("sum by (job (up)"), /at \d+/);
  assert.throws(() => logql('{service_name="server"} | | json'), /at \d+/);
  assert.throws(() => traceql("{ name = } "), /at \d+/);
});
