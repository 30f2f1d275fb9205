import assert from "node:assert/strict";
import { test } from "node:test";
import { METRICS } from "../../server/telemetry/conventions.ts";
import { counted, nonZero, now, orZero, perSecond, quantile, share } from "./promql.ts";

test("a label that the metric does not have is refused by the type check", () => {
  // @ts-expect-error: calls are not cut by class
  perSecond(METRICS.toolCalls, { by: ["error_class"] });
  // @ts-expect-error: sessions have no tool
  now(METRICS.activeSessions, { where: { tool_name: "add" } });
});

test("a share is silent, not NaN, while nothing happens", () => {
  assert.equal(orZero(share("a", "b")), "a / (b > 0) or vector(0)");
});

test("a cut without reasons still answers, with a line called none", () => {
  assert.equal(nonZero("a", "reason"), 'a > 0 or label_replace(vector(0), "reason", "none", "", "")');
});

test("a rate is taken before replicas are added up, over the interval that scrapes allow", () => {
  assert.equal(
    perSecond(METRICS.toolCalls, {
      by: ["status"],
      where: { status: ["success", "error"], transport: "http" },
    }),
    'sum by (status) (rate(mcp_tool_calls_total{status=~"success|error", transport="http"}[$__rate_interval]))',
  );
});

test("a count covers all that is shown", () => {
  assert.equal(counted(METRICS.toolOverBudget), "sum(increase(mcp_tool_over_budget_total[$__range]))");
});

test("a quantile keeps the buckets apart, whatever else it is cut by", () => {
  assert.equal(
    quantile(0.99, METRICS.toolDuration, { by: ["tool_name"] }),
    "histogram_quantile(0.99, sum by (le, tool_name) (rate(mcp_tool_duration_seconds_bucket[$__rate_interval])))",
  );
});

test("a gauge of all replicas is one number", () => {
  assert.equal(now(METRICS.activeSessions), "sum(mcp_active_sessions)");
});
