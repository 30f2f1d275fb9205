/**
 * `make smoke`: makes one run of the agent against the stack that is up, in containers or native, looks for its
 * signals where they should be stored, and sees one alert fire and resolve. A component that does not run is
 * "not verified", or a failure where SMOKE_REQUIRE names it. It prints what it waits for, and what failed; every row is
 * written to a file.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT, stackVariables } from "../../deploy/stack/settings/environment.ts";
import { step } from "../../deploy/stack/step.ts";
import { runAlertLifecycle, windowScale } from "../drill/alert-lifecycle.ts";
import { DRILLS } from "../drill/drills.ts";
import { runAgentOnce } from "../lib/agent-run.ts";
import { BackEnds, COMPONENTS, type Component, componentsOf } from "../lib/back-ends.ts";
import { readAllEvery } from "../lib/call-every.ts";
import { Prometheus } from "../lib/prometheus.ts";
import { ABSENT, type Finding, failed, notVerified, report, summary } from "../lib/report.ts";
import { runningServices } from "../lib/running-services.ts";
import { grafana } from "./grafana.ts";
import { hops } from "./hops.ts";
import { panels } from "./panels.ts";
import { callsSoFar, exemplar, logLines, metricSample, trace } from "./signals.ts";
import { hasWritten } from "./writes.ts";

/** The alert that smoke sees fire and resolve; `make drills` does it with every alert. */
const ALERT = "MCPRunawayAgent";
/** Its windows, `for` and notification, in minutes as written. */
const ALERT_MINUTES = 15;

/** The agent calls tools only. While the panels are looked at, resources and prompts are used as often. */
const READ_MS = 2000;

const ROWS = join(".run", "smoke.txt");

const say = (text: string) => process.stdout.write(`${text}\n`);
const variables = stackVariables();

function required(): ReadonlySet<string> {
  const names = (variables.SMOKE_REQUIRE ?? "").split(",").filter(Boolean);
  const unknown = names.filter((name) => !(COMPONENTS as readonly string[]).includes(name));
  if (unknown.length > 0) throw new Error(`SMOKE_REQUIRE: ${unknown.join()} is not one of ${COMPONENTS.join(", ")}`);
  return new Set(names);
}

const absent = (component: Component, mustRun: ReadonlySet<string>): Finding =>
  (mustRun.has(component) ? failed : notVerified)(component, "", ABSENT);

async function smoke(): Promise<readonly Finding[]> {
  const mustRun = required();
  const backEnds = await BackEnds.find(variables);
  if (!backEnds.has("mcp-server")) throw new Error("mcp-server does not answer: run make up first");
  const findings: Finding[] = componentsOf(variables)
    .filter((component) => !backEnds.has(component))
    .map((component) => absent(component, mustRun));
  const prometheus = new Prometheus(backEnds);
  const before = await callsSoFar(backEnds);
  const since = Date.now() / 1000;

  const run = await step("a run of the agent", () => runAgentOnce(variables));
  const look = async (what: string, found: () => Promise<readonly Finding[]>) =>
    void findings.push(...(await step(what, found)));
  await look("its trace and its log lines, up to a minute each", async () => [
    await trace(backEnds, run),
    await logLines(backEnds, run),
  ]);
  if (backEnds.has("grafana")) await look("Grafana's data sources and boards", () => grafana(backEnds));
  if (!backEnds.has("prometheus")) return findings;
  await look("its sample and its exemplar, which the next scrape brings", async () => [
    await metricSample(prometheus, before, since),
    await exemplar(prometheus, run),
  ]);
  await look("the links between its signals", () => hops(backEnds, prometheus, run));
  const url = new URL(`http://127.0.0.1:${variables.MCP_PORT}/mcp`);
  const seen = new AbortController();
  const reading = readAllEvery(READ_MS, url, seen.signal);
  const looked = { backEnds, prometheus, run, written: await hasWritten(url, backEnds) };
  await look("data for every panel, up to 2.5 minutes", () => panels(looked, "always"));
  seen.abort();
  await reading;
  if (!backEnds.has("alertmanager") || !backEnds.has("alert-receiver")) return findings;
  const windows = await windowScale(backEnds);
  const minutes = Math.ceil(ALERT_MINUTES * windows);
  const hint = windows === 1 ? "; after STACK_FAST=1 make up, a tenth of that" : "";
  for (const drill of DRILLS.filter(({ alert }) => alert === ALERT)) {
    const stack = { backEnds, windows, target: { url, services: runningServices(variables) } };
    await look(`${ALERT} fires, arrives and resolves, about ${minutes} min${hint}`, async () => {
      let whileItFires: Promise<readonly Finding[]> | undefined;
      const { findings: seenOfAlert } = await runAlertLifecycle(stack, drill, () => {
        whileItFires = panels(looked, "an alert fires");
      });
      return [...seenOfAlert, ...((await whileItFires) ?? [])];
    });
  }
  return findings;
}

try {
  const findings = await smoke();
  const file = join(ROOT, ROWS);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${report(findings)}\n`);
  say(`${summary(findings)}\neach row: ${ROWS}`);
  process.exit(findings.some(({ verdict }) => verdict === "FAILED") ? 1 : 0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
