/** The demo's agent: one run every few seconds. */
import { setTimeout as sleep } from "node:timers/promises";
import { explainAndExit } from "../../../server/shutdown.ts";
import { startProcess } from "../service-process.ts";
import { AgentMetrics } from "./metrics.ts";
import { runAgent } from "./run.ts";

const URL_OF_SERVER = new URL(process.env.MCP_URL ?? "http://127.0.0.1:3001/mcp");
const INTERVAL_MS = Number(process.env.AGENT_INTERVAL_MS ?? 5000);
/** Every so many runs one call fails: far below every alert's threshold. */
const RUNS_PER_FAILURE = 200;
const FAILURE = { mode: "error" };

try {
  const { logger, registry, exit } = await startProcess({ metrics: true });
  const metrics = new AgentMetrics(registry);
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop.abort());
  logger.info({ url: URL_OF_SERVER.href, interval_ms: INTERVAL_MS }, "started");
  for (let run = 1; !stop.signal.aborted; run += 1) {
    try {
      const { runId, traceId } = await runAgent(
        URL_OF_SERVER,
        metrics,
        run % RUNS_PER_FAILURE === 0 ? FAILURE : undefined,
      );
      logger.info({ run_id: runId, trace_id: traceId }, "run finished");
    } catch (err) {
      logger.warn({ err }, "run failed");
    }
    await sleep(INTERVAL_MS, undefined, { signal: stop.signal }).catch(() => {});
  }
  await exit(0);
} catch (error) {
  explainAndExit(error);
}
