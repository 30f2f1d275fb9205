/**
 * The black-box probe, a Prometheus exporter. It calls MCP servers from outside, because a server that is down,
 * unreachable or hanging cannot report that itself.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { explainAndExit } from "../../../server/shutdown.ts";
import { onEndSignal } from "../../../server/signals.ts";
import { versions } from "../../../server/versions.ts";
import { startProcess } from "../service-process.ts";
import { approvedFile, approvedReader } from "./approved.ts";
import { ProbeMetrics } from "./metrics.ts";
import { Prober } from "./prober.ts";
import { repeatedly } from "./schedule.ts";
import { ToolNames } from "./suspicion.ts";
import { readTargets, targetsFile } from "./targets.ts";

/** Time that running probes have at shutdown to delete their sessions. */
const SHUTDOWN_MS = 5000;

try {
  const targets = readTargets(targetsFile());
  const shared = { approvedOf: approvedReader(approvedFile()), toolNames: new ToolNames() };
  const { logger, registry, exit } = await startProcess({ metrics: true });
  const metrics = new ProbeMetrics(registry);
  const { version } = versions();
  const stop = new AbortController();
  onEndSignal(() => stop.abort());
  // One target's answer must not blind the probe to the others.
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (err) => logger.error({ err }, "uncaught error"));
  }
  logger.info({ targets: targets.map(({ name }) => name) }, "started");

  const running = targets.map((target) => {
    const prober = new Prober(target, version, metrics, logger, shared);
    const once = () => prober.probe().catch((err) => logger.error({ err, target: target.name }, "the probe is broken"));
    return repeatedly(target.intervalMs, once, stop.signal);
  });
  stop.signal.addEventListener("abort", async () => {
    await Promise.race([Promise.all(running), sleep(SHUTDOWN_MS)]);
    await exit(0);
  });
} catch (error) {
  await explainAndExit(error);
}
