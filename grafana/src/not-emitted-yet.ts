/**
 * Metrics of the conventions that the server does not emit yet, by name. Panels may ask for them; a check of a running
 * stack then says "not verified" instead of failing. `[]` once all are emitted: a test of `grafana/agreement` fails
 * when one of these was seen.
 */
export const NOT_EMITTED_YET: readonly string[] = [
  "mcp_tool_late_completions_total",
  "mcp_tool_estimated_cost_usd_total",
  "mcp_tool_timeout_seconds",
  "mcp_runaway_episodes_total",
  "mcp_middleware_failures_total",
  "mcp_circuit_breaker_open",
  "mcp_bulkhead_running",
  "mcp_bulkhead_queued",
  "mcp_bulkhead_limit",
];
