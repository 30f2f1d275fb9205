/**
 * An agent that uses the server: one run every `AGENT_INTERVAL_MS`, each of which leaves a log line "run finished".
 * With `AGENT_RUNS=1` it makes one run, with one call that the server rejects, and ends: exit code 1 when it failed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { choice, integer, readVariables, variable, webUrl } from "mcp-telemetry/environment";
import { explainAndExit } from "../../../server/shutdown.ts";
import { onEndSignal } from "../../../server/signals.ts";
import { endOnCrash, startProcess } from "../service-process.ts";
import { REJECTED, type Stage, SUMMARY } from "./calls.ts";
import { demoStages } from "./demo-calls.ts"; // demo
import { AgentMetrics } from "./metrics.ts";
import { runAgent } from "./run.ts";
import { ERAS } from "./session.ts";

const VARIABLES = {
  url: variable("MCP_URL", webUrl.default("http://127.0.0.1:3001/mcp"), "the server's address"),
  intervalMs: variable("AGENT_INTERVAL_MS", integer(0, 3_600_000).default(5000), "time between two runs, in ms"),
  era: variable(
    "MCP_ERA",
    choice(ERAS).optional(),
    "`legacy`: with sessions, `modern`: without, `auto`: what the server offers; unset: `legacy` and `auto` take turns",
  ),
  runs: variable("AGENT_RUNS", choice(["1"]).optional(), "`1` makes one run and ends"),
};

const stages = (run: number, once: boolean): readonly Stage[] => [
  ...demoStages(run), // demo
  [SUMMARY],
  once ? [REJECTED] : [],
];

try {
  const { url, intervalMs, era, runs } = readVariables(VARIABLES, process.env);
  const once = runs !== undefined;
  const service = await startProcess({ metrics: !once });
  const { logger, registry, exit } = service;
  endOnCrash(service);
  const metrics = new AgentMetrics(registry);
  const stop = new AbortController();
  onEndSignal(() => stop.abort());
  logger.info({ url, interval_ms: intervalMs }, "started");
  let failed = false;
  for (let run = 1; !stop.signal.aborted; run += 1) {
    try {
      const { runId, sessionId, traceId, calls } = await runAgent(
        new URL(url),
        metrics,
        era ?? (run % 2 === 1 ? "legacy" : "auto"),
        stages(run, once),
      );
      logger.info({ run_id: runId, session_id: sessionId, trace_id: traceId, calls }, "run finished");
    } catch (err) {
      failed = true;
      logger.warn({ err }, "run failed");
    }
    if (once) break;
    await sleep(intervalMs, undefined, { signal: stop.signal }).catch(() => {});
  }
  await exit(once && failed ? 1 : 0);
} catch (error) {
  await explainAndExit(error);
}
