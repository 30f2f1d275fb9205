/**
 * An agent that uses the server: one run every `AGENT_INTERVAL_MS`, each of which leaves a log line "run finished".
 * With `AGENT_RUNS=1` it makes one run, with one call that the server rejects, and ends: exit code 1 when it failed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { explainAndExit } from "../../../server/shutdown.ts";
import { onEndSignal } from "../../../server/signals.ts";
import { startProcess } from "../service-process.ts";
import { REJECTED, type Stage, SUMMARY } from "./calls.ts";
import { demoStages } from "./demo-calls.ts"; // demo
import { AgentMetrics } from "./metrics.ts";
import { runAgent } from "./run.ts";

const URL_OF_SERVER = new URL(process.env.MCP_URL ?? "http://127.0.0.1:3001/mcp");
const INTERVAL_MS = Number(process.env.AGENT_INTERVAL_MS ?? 5000);
const ONCE = process.env.AGENT_RUNS === "1";

const stages = (run: number): readonly Stage[] => [
  ...demoStages(run), // demo
  [SUMMARY],
  ONCE ? [REJECTED] : [],
];

try {
  const { logger, registry, exit } = await startProcess({ metrics: !ONCE });
  const metrics = new AgentMetrics(registry);
  const stop = new AbortController();
  onEndSignal(() => stop.abort());
  logger.info({ url: URL_OF_SERVER.href, interval_ms: INTERVAL_MS }, "started");
  let failed = false;
  for (let run = 1; !stop.signal.aborted; run += 1) {
    try {
      const { runId, sessionId, traceId, calls } = await runAgent(URL_OF_SERVER, metrics, stages(run));
      logger.info({ run_id: runId, session_id: sessionId, trace_id: traceId, calls }, "run finished");
    } catch (err) {
      failed = true;
      logger.warn({ err }, "run failed");
    }
    if (ONCE) break;
    await sleep(INTERVAL_MS, undefined, { signal: stop.signal }).catch(() => {});
  }
  await exit(ONCE && failed ? 1 : 0);
} catch (error) {
  await explainAndExit(error);
}
