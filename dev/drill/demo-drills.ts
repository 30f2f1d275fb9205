/** Drills by the demo's tools, which fail on demand. */
import { callEvery, readEvery } from "../lib/call-every.ts";
import { causeFault, type FaultName } from "../traffic/faults.ts";
import type { Drill } from "./drill.ts";
import { type Fault, healthy } from "./faults.ts";

/** Fifty calls a second of the tool that costs. */
const paidCalls: Fault = ({ url }, signal) => callEvery(20, url, "lookup_item", { sku: "A-1" }, signal);

/** A fault in nearly all calls of the server. */
const everywhere =
  (fault: FaultName, everyMs = 250): Fault =>
  ({ url }, signal) =>
    causeFault(url, fault, everyMs, signal);

/**
 * A tool that fails among many calls that succeed: enough for a ticket about the tool, too little to burn the server's
 * error budget. The page about that would hold the ticket back.
 */
const oneTool =
  (fault: FaultName, everyMs = 2000, healthyEveryMs = 50): Fault =>
  async ({ url }, signal) => {
    await Promise.all([
      callEvery(healthyEveryMs, url, "add", { a: 1, b: 2 }, signal),
      causeFault(url, fault, everyMs, signal),
    ]);
  };

/** Two answers a second of so many bytes, below the limit of an answer. */
const answers =
  (bytes: number): Fault =>
  ({ url }, signal) =>
    callEvery(500, url, "misbehave", { mode: "oversized", bytes }, signal);

/** Two reads a second of the resource that fails on demand. */
const reads =
  (mode: string): Fault =>
  ({ url }, signal) =>
    readEvery(500, url, `unreliable://${mode}`, signal);
const unreliable = { resource_uri: "unreliable://{mode}" };

const misbehaving = { tool_name: "misbehave" };

export const DEMO_DRILLS: readonly Drill[] = [
  // Windows of hours and days, up to seven hours even in the fast form: with little history they fill at once, and
  // with many good calls they empty again. They come first, because every other drill's calls count in them. The page
  // has a stage of its own, because it would hold the tickets back.
  {
    alert: "MCPErrorBudgetBurn",
    fault: everywhere("errors", 100),
    fires: 900,
    ends: 2400,
    stage: 0,
    recovery: healthy,
  },
  { alert: "MCPErrorBudgetSlowBurn", fault: oneTool("errors"), fires: 1800, ends: 3600, stage: 1, recovery: healthy },
  {
    alert: "MCPLatencyBudgetBurn",
    fault: everywhere("slow", 50),
    fires: 1800,
    ends: 5400,
    stage: 2,
    recovery: healthy,
  },

  { alert: "MCPToolHighErrorRate", fault: oneTool("errors"), labels: misbehaving, fires: 500, ends: 600, stage: 3 },
  {
    alert: "MCPToolMalformedOutput",
    fault: oneTool("malformed"),
    labels: misbehaving,
    fires: 500,
    ends: 900,
    stage: 3,
  },
  {
    alert: "MCPUpstreamRateLimited",
    fault: oneTool("rate_limit"),
    labels: misbehaving,
    fires: 500,
    ends: 900,
    stage: 3,
  },
  {
    alert: "MCPResourceOrPromptHighErrorRate",
    fault: reads("error"),
    labels: unreliable,
    fires: 500,
    ends: 600,
    stage: 3,
  },
  {
    alert: "MCPResourceOrPromptHighLatency",
    fault: reads("slow"),
    labels: unreliable,
    fires: 700,
    ends: 600,
    stage: 4,
  },
  { alert: "MCPToolHighLatency", fault: oneTool("slow"), labels: misbehaving, fires: 700, ends: 600, stage: 4 },
  { alert: "MCPCostRateHigh", fault: paidCalls, fires: 1800, ends: 1800, stage: 4 },
  {
    alert: "MCPToolOutputGrew",
    fault: answers(100_000),
    labels: misbehaving,
    before: [answers(100), 1000],
    fires: 800,
    ends: 900,
    stage: 5,
  },
  {
    alert: "MCPErrorLinesSpike",
    fault: oneTool("errors", 400, 10),
    fires: 500,
    ends: 600,
    stage: 6,
    ruler: "loki",
    needs: ["loki"],
  },
  // Just below what twenty places can take: above it, refused calls would burn the error budget, and the page about
  // that would hold this ticket back.
  { alert: "MCPBulkheadSaturated", fault: everywhere("catalog_slow", 76), fires: 1400, ends: 900, stage: 8 },
  { alert: "MCPCircuitBreakerOpen", fault: everywhere("catalog_fail"), fires: 300, ends: 900, stage: 11 },
];
