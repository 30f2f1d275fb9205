/**
 * Which fault makes which alert fire. Every alert has a drill, or a reason why it has none.
 */
import { DEMO_DRILLS } from "./demo-drills.ts"; // demo
import type { Drill } from "./drill.ts";
import {
  badRequests,
  frozen,
  healthy,
  leakedSessions,
  logsHeldBack,
  lostSessions,
  oneStopped,
  stalls,
  stopped,
} from "./faults.ts";

export const DRILLS: readonly Drill[] = [
  ...DEMO_DRILLS, // demo
  {
    alert: "MCPEdgeRejections",
    fault: badRequests,
    labels: { reason: "unsupported_media_type" },
    fires: 1000,
    ends: 600,
    stage: 3,
  },
  { alert: "MCPSessionLeak", fault: leakedSessions(150), fires: 2600, ends: 1800, stage: 4 },
  { alert: "MCPRunawayAgent", fault: healthy, labels: { tool_name: "add" }, fires: 600, ends: 1200, stage: 4 },
  {
    alert: "MCPTelemetryLoss",
    fault: stopped("tempo"),
    labels: { signal: "traces" },
    fires: 800,
    ends: 1500,
    stage: 5,
    needs: ["tempo"],
  },
  { alert: "MCPEventLoopLag", fault: stalls("mcp-server"), fires: 500, ends: 600, stage: 7 },
  { alert: "MCPReplicasMissing", fault: oneStopped("mcp-server"), fires: 900, ends: 300, stage: 8, needs: ["router"] },
  {
    alert: "MCPServerSilent",
    fault: logsHeldBack,
    fires: 1600,
    ends: 600,
    stage: 7,
    ruler: "loki",
    needs: ["loki"],
  },

  // Pages. Alertmanager holds tickets back while a page fires, so each has a stage of its own.
  { alert: "MCPServerDown", fault: stopped("mcp-server"), fires: 300, ends: 300, stage: 10 },
  { alert: "MCPProbeFailing", fault: frozen("mcp-server"), labels: { step: "http" }, fires: 600, ends: 900, stage: 12 },
  { alert: "MCPRoutingBroken", fault: lostSessions, fires: 700, ends: 500, stage: 14 },
  { alert: "MCPProbeAbsent", fault: stopped("probe"), fires: 1200, ends: 900, stage: 13 },
];

const FAILS = "needs a tool that fails on demand";
const SLOW = "needs a tool that is slow on demand";
const REASONS: Readonly<Record<string, string>> = {
  MCPErrorBudgetBurn: FAILS,
  MCPErrorBudgetSlowBurn: FAILS,
  MCPErrorLinesSpike: FAILS,
  MCPToolHighErrorRate: FAILS,
  MCPResourceOrPromptHighErrorRate: "needs a resource that fails on demand",
  MCPResourceOrPromptHighLatency: "needs a resource that is slow on demand",
  MCPToolMalformedOutput: FAILS,
  MCPUpstreamRateLimited: FAILS,
  MCPLatencyBudgetBurn: SLOW,
  MCPToolHighLatency: SLOW,
  MCPToolOutputGrew: "needs a tool whose answers grow on demand",
  MCPToolDefinitionsGrew: "compares with a week ago, and no stack of a drill has run for so long",
  MCPCostRateHigh: "needs a tool that costs",
  MCPBulkheadSaturated: "needs a dependency that is slow on demand",
  MCPCircuitBreakerOpen: "needs a dependency that fails on demand",
  Watchdog: "fires always",
  MCPServerIdle: "no receiver gets it: it only inhibits MCPServerSilent",
  MCPServerAbsent: "Prometheus always knows the server of this stack: when it stops, MCPServerDown fires",
  MCPFatalLine: "nothing here crashes on demand: loki/alerting.test.ts pushes such a line",
  MCPProbeSlow: "needs a server that is slow, yet within every deadline: deploy/services/probe/servers.test.ts has one",
  MCPProbeTargetChanged: "needs a server with other tools: deploy/services/probe/approved.test.ts restarts one",
  MCPProbeSuspicious: "needs a server that hides characters: deploy/services/probe/approved.test.ts has one",
  MCPProbeCertificateExpiring: "needs a server with TLS: deploy/services/probe/servers.test.ts has one",
};

/** Why an alert has no drill. */
export const NOT_DRILLED: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(REASONS).filter(([name]) => !DRILLS.some(({ alert }) => alert === name)),
);
