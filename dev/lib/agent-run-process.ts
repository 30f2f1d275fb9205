/** One run of the agent, as a process of its own: prints what to look for, as one JSON line. */

import { AgentMetrics } from "../../deploy/services/agent/metrics.ts";
import { runAgent } from "../../deploy/services/agent/run.ts";
import { startProcess } from "../../deploy/services/service-process.ts";
import { explainAndExit } from "../../server/shutdown.ts";

/** No other run has a call of this length, so nobody overwrites its exemplar before it is scraped. */
const RECOGNISABLE = { mode: "slow", ms: 300 };

try {
  const { registry, exit } = await startProcess({ metrics: false });
  const url = new URL(process.env.MCP_URL ?? "http://127.0.0.1:3001/mcp");
  const run = await runAgent(url, new AgentMetrics(registry), RECOGNISABLE);
  process.stdout.write(`${JSON.stringify(run)}\n`);
  await exit(0);
} catch (error) {
  explainAndExit(error);
}
