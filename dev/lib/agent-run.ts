/** One agent run that smoke can recognise everywhere, and where its spans go. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { AgentRun } from "../../deploy/services/agent/run.ts";
import { ROOT, type Variables } from "../../deploy/stack/settings/environment.ts";

/** Runs the agent once, as a process of its own. @throws when the run fails */
export async function runAgentOnce(variables: Variables): Promise<AgentRun> {
  const args = ["--import", "./server/telemetry/register.ts", "dev/lib/agent-run-process.ts"];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: ROOT,
    timeout: 60_000,
    env: {
      PATH: variables.PATH,
      OTEL_SERVICE_NAME: "agent",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${variables.OTLP_HTTP_PORT}`,
      MCP_URL: `http://127.0.0.1:${variables.MCP_PORT}/mcp`,
    },
  });
  return JSON.parse(stdout) as AgentRun;
}
