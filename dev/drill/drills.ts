/**
 * Which fault makes which alert fire. An alert that traffic, a stopped server or a stopped dependency can cause has a
 * line here; every other one has its reason below.
 */
import type { Component } from "../lib/back-ends.ts";
import {
  answers,
  badRequests,
  everywhere,
  type Fault,
  frozen,
  healthy,
  leakedSessions,
  logsHeldBack,
  oneTool,
  // demo:
  paidCalls,
  // :demo
  stalls,
  stopped,
} from "./faults.ts";

export interface Drill {
  readonly alert: string;
  readonly fault: Fault;
  /** Tells the alert of this fault from others of its name. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Seconds, in windows as written, until it must have fired, and until it must have ended. */
  readonly fires: number;
  readonly ends: number;
  /** Those of a stage run side by side: they neither inhibit nor cause each other. */
  readonly stage: number;
  /** What the alert compares the fault with, and for how many seconds. */
  readonly before?: readonly [usual: Fault, seconds: number];
  /** What helps it end. */
  readonly recovery?: Fault;
  /** Where the rule is evaluated. */
  readonly ruler?: "loki";
  /** Parts of the stack, Prometheus and Alertmanager apart. */
  readonly needs?: readonly Component[];
}

const misbehaving = { tool_name: "misbehave" };

export const DRILLS: readonly Drill[] = [
  // The windows of hours and days are up to seven hours even in the fast form: with little history they fill at once,
  // and with many good calls they empty again. First, because every other drill leaves its mark on them. The page by
  // itself, because it would hold the tickets back.
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
    alert: "MCPEdgeRejections",
    fault: badRequests,
    labels: { reason: "not_acceptable" },
    fires: 700,
    ends: 600,
    stage: 3,
  },

  { alert: "MCPToolHighLatency", fault: oneTool("slow"), labels: misbehaving, fires: 700, ends: 600, stage: 4 },
  { alert: "MCPSessionLeak", fault: leakedSessions(150), fires: 1200, ends: 1800, stage: 4 },
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
    alert: "MCPTelemetryLoss",
    fault: stopped("tempo"),
    labels: { signal: "traces" },
    fires: 800,
    ends: 1500,
    stage: 5,
    needs: ["tempo"],
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
  { alert: "MCPEventLoopLag", fault: stalls("mcp-server"), fires: 500, ends: 600, stage: 7 },
  { alert: "MCPRunawayAgent", fault: healthy, labels: { tool_name: "add" }, fires: 600, ends: 1200, stage: 4 },
  // demo:
  { alert: "MCPCostRateHigh", fault: paidCalls, fires: 1800, ends: 1800, stage: 4 },
  // Just below what twenty places can take: above it, refusals would burn the budget, and that page hold this back.
  { alert: "MCPBulkheadSaturated", fault: everywhere("catalog_slow", 76), fires: 1400, ends: 900, stage: 8 },
  // :demo
  {
    alert: "MCPServerSilent",
    fault: logsHeldBack,
    fires: 1600,
    ends: 600,
    stage: 7,
    ruler: "loki",
    needs: ["loki"],
  },

  // A page holds tickets back: each has the stack to itself.
  { alert: "MCPServerDown", fault: stopped("mcp-server"), fires: 300, ends: 300, stage: 10 },
  // demo:
  { alert: "MCPCircuitBreakerOpen", fault: everywhere("catalog_fail"), fires: 300, ends: 900, stage: 11 },
  // :demo
  { alert: "MCPProbeFailing", fault: frozen("mcp-server"), labels: { step: "http" }, fires: 600, ends: 900, stage: 12 },
  { alert: "MCPProbeAbsent", fault: stopped("probe"), fires: 1200, ends: 900, stage: 13 },
];

export const NOT_DRILLED: Readonly<Record<string, string>> = {
  // demo else:
  // MCPCircuitBreakerOpen: "there is no dependency yet that could fail",
  // MCPBulkheadSaturated: "there is no dependency yet that could be slow",
  // MCPCostRateHigh: "there is no tool yet that costs",
  // :demo
  Watchdog: "fires always",
  MCPServerIdle: "reaches nobody: it only holds MCPServerSilent back",
  MCPServerAbsent: "a server that Prometheus does not know of: here it is always known, so that it is down instead",
  MCPFatalLine: "nothing in the demo crashes; loki/alerting.test.ts pushes such a line",
  MCPProbeSlow: "a server that is slow and yet in time for every step: deploy/services/probe/servers.test.ts has one",
  MCPProbeSchemaChanged: "needs a server with other tools: deploy/services/probe/noticed.test.ts restarts one",
  MCPProbeCertificateExpiring: "needs a server with TLS: deploy/services/probe/servers.test.ts has one",
};
