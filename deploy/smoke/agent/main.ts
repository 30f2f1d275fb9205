/** One run of the agent, as a process of its own: prints what to look for, as one JSON line. */
import { explainAndExit } from "../../../server/shutdown.ts";
import { startProcess } from "../../demo/process.ts";
import { AgentMetrics } from "./metrics.ts";
import { runAgent } from "./run.ts";

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
