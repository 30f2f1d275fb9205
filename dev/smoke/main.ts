/**
 * `make smoke`: makes one run of the agent against the stack that is up, in containers or native, looks for its
 * signals where they should be stored, and sees one alert fire and resolve. A component that does not run is
 * "not verified", or a failure where SMOKE_REQUIRE names it.
 */

import { stackVariables } from "../../deploy/stack/settings/environment.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { runAlertLifecycle, windowScale } from "../drill/alert-lifecycle.ts";
import { DRILLS } from "../drill/drills.ts";
import { runAgentOnce } from "../lib/agent-run.ts";
import { BackEnds, COMPONENTS, type Component, componentsOf } from "../lib/back-ends.ts";
import { readAllEvery } from "../lib/call-every.ts";
import { Prometheus } from "../lib/prometheus.ts";
import { type Finding, failed, notVerified, report } from "../lib/report.ts";
import { runningServices } from "../lib/running-services.ts";
import { grafana } from "./grafana.ts";
import { hops } from "./hops.ts";
import { panels } from "./panels.ts";
import { callsSoFar, exemplar, logLines, metricSample, trace } from "./signals.ts";

/** The alert that smoke sees fire and resolve; `make drills` does it with every alert. */
const ALERT = "MCPRunawayAgent";
/** Its windows, `for` and notification, in minutes as written. */
const ALERT_MINUTES = 15;

/** The agent calls tools only. While the panels are looked at, resources and prompts are used as often. */
const READ_MS = 2000;

const say = (text: string) => process.stdout.write(`${text}\n`);
const variables = stackVariables();

function required(): ReadonlySet<string> {
  const names = (variables.SMOKE_REQUIRE ?? "").split(",").filter(Boolean);
  const unknown = names.filter((name) => !(COMPONENTS as readonly string[]).includes(name));
  if (unknown.length > 0) throw new Error(`SMOKE_REQUIRE: ${unknown.join()} is not one of ${COMPONENTS.join(", ")}`);
  return new Set(names);
}

const absent = (component: Component, mustRun: ReadonlySet<string>): Finding =>
  (mustRun.has(component) ? failed : notVerified)(component, "", "is not running");

async function smoke(): Promise<readonly Finding[]> {
  const mustRun = required();
  const backEnds = await BackEnds.find(variables);
  if (!backEnds.has("mcp-server")) throw new Error("mcp-server does not answer: run make up first");
  const findings = componentsOf(variables)
    .filter((component) => !backEnds.has(component))
    .map((component) => absent(component, mustRun));
  const prometheus = new Prometheus(backEnds);
  const before = await callsSoFar(backEnds);
  const since = Date.now() / 1000;

  const receiver = backEnds.has("tempo") ? undefined : await otlpReceiver(Number(variables.OTLP_HTTP_PORT));
  const run = await runAgentOnce(variables);
  say(`agent run ${run.runId}: session ${run.sessionId}, trace ${run.traceId}`);
  findings.push(await trace(backEnds, run, receiver), await logLines(backEnds, run));
  await receiver?.close();

  if (backEnds.has("grafana")) findings.push(...(await grafana(backEnds)));
  if (!backEnds.has("prometheus")) return findings;
  findings.push(await metricSample(prometheus, before, since), await exemplar(prometheus, run));
  findings.push(...(await hops(backEnds, prometheus, run)));
  const url = new URL(`http://127.0.0.1:${variables.MCP_PORT}/mcp`);
  const seen = new AbortController();
  const reading = readAllEvery(READ_MS, url, seen.signal);
  findings.push(...(await panels(backEnds, prometheus, run)));
  seen.abort();
  await reading;
  if (!backEnds.has("alertmanager") || !backEnds.has("alert-receiver")) return findings;
  const windows = await windowScale(backEnds);
  for (const drill of DRILLS.filter(({ alert }) => alert === ALERT)) {
    const hint = windows === 1 ? " (STACK_FAST=1 make up divides them by ten)" : "";
    say(`${ALERT}: causing it and waiting for its windows, about ${Math.ceil(ALERT_MINUTES * windows)} min${hint}`);
    const stack = { backEnds, windows, target: { url, services: runningServices(variables) } };
    findings.push(...(await runAlertLifecycle(stack, drill)).findings);
  }
  return findings;
}

try {
  const findings = await smoke();
  say(report(findings));
  const count = (verdict: string) => findings.filter((finding) => finding.verdict === verdict).length;
  say(`${count("ok")} ok, ${count("FAILED")} failed, ${count("not verified")} not verified`);
  process.exit(count("FAILED") === 0 ? 0 : 1);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
