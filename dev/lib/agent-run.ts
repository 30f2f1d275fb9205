/** One run of the agent, as a process of its own, in a session: what is checked of a run leads to its session. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { AgentRun } from "../../deploy/services/agent/run.ts";
import { ROOT, type Variables } from "../../deploy/stack/settings/environment.ts";

const AGENT = ["--import", "./server/telemetry/register.ts", "deploy/services/agent/main.ts"];
const TIMEOUT_MS = 60_000;

/** @throws when the run fails, with what the agent logged */
export async function runAgentOnce(variables: Variables): Promise<AgentRun & { readonly sessionId: string }> {
  const { stdout } = await promisify(execFile)(process.execPath, AGENT, {
    cwd: ROOT,
    timeout: TIMEOUT_MS,
    env: {
      PATH: variables.PATH,
      OTEL_SERVICE_NAME: "agent",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${variables.OTLP_HTTP_PORT}`,
      MCP_URL: `http://127.0.0.1:${variables.MCP_PORT}/mcp`,
      MCP_ERA: "legacy",
      AGENT_RUNS: "1",
    },
  }).catch(({ message, stdout: log }) => {
    throw new Error(`the agent's run failed: ${log || message}`);
  });
  const line = stdout.split("\n").find((text) => text.includes('"run finished"'));
  if (line === undefined) throw new Error(`the agent did not finish a run: ${stdout}`);
  const { run_id, session_id, trace_id, calls } = JSON.parse(line);
  return { runId: run_id, sessionId: session_id, traceId: trace_id, calls };
}
