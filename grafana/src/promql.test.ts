import assert from "node:assert/strict";
import { test } from "node:test";
import { METRICS } from "mcp-telemetry/conventions";
import { increase, nonZero, now, orZero, perSecond, quantile, share } from "./promql.ts";

test("the type check rejects a label that the metric does not have", () => {
  // @ts-expect-error: the calls have no label error_class
  perSecond(METRICS.toolCalls, { by: ["error_class"] });
  // @ts-expect-error: the sessions have no label tool_name
  now(METRICS.activeSessions, { where: { tool_name: "add" } });
});

test("a share has no value, instead of NaN, while its total is 0", () => {
  assert.equal(orZero(share("a", "b")), "a / (b > 0) or vector(0)");
});

test("an empty result becomes a line called none", () => {
  assert.equal(nonZero("a", "reason"), 'a > 0 or label_replace(vector(0), "reason", "none", "", "")');
});

test("a rate is calculated before the sum over replicas, over $__rate_interval", () => {
  assert.equal(
    perSecond(METRICS.toolCalls, {
      by: ["status"],
      where: { status: ["success", "error"], transport: "http" },
    }),
    'sum by (status) (rate(mcp_tool_calls_total{status=~"success|error", transport="http"}[$__rate_interval]))',
  );
});

test("an increase covers the range of the time picker", () => {
  assert.equal(increase(METRICS.toolOverBudget), "sum(increase(mcp_tool_over_budget_total[$__range]))");
});

test("a quantile groups by le and the given labels", () => {
  assert.equal(
    quantile(0.99, METRICS.toolDuration, { by: ["tool_name"] }),
    "histogram_quantile(0.99, sum by (le, tool_name) (rate(mcp_tool_duration_seconds_bucket[$__rate_interval])))",
  );
});

test("a gauge is summed over all replicas", () => {
  assert.equal(now(METRICS.activeSessions), "sum(mcp_active_sessions)");
});
