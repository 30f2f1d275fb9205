/**
 * `make drills`, and `make drill ALERT=…` (several: with commas): makes each alert fire on the running stack, shows the
 * notification with its runbook, ends the fault and waits until the alert resolves.
 */

import { stackVariables } from "../../deploy/stack/settings/environment.ts";
import { table } from "../../deploy/stack/table.ts";
import { BackEnds } from "../lib/back-ends.ts";
import { runningServices } from "../lib/running-services.ts";
import { runAlertLifecycle, type Stack, windowScale } from "./alert-lifecycle.ts";
import type { Drill } from "./drill.ts";
import { DRILLS, NOT_DRILLED } from "./drills.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);
const variables = stackVariables();

function drillsAskedFor(): readonly Drill[] {
  const names = (variables.ALERT ?? "").split(",").filter(Boolean);
  for (const name of names) {
    if (NOT_DRILLED[name] !== undefined) throw new Error(`${name} has no drill: ${NOT_DRILLED[name]}`);
    if (!DRILLS.some(({ alert }) => alert === name)) {
      throw new Error(`ALERT=${name} is not one of ${DRILLS.map(({ alert }) => alert).join(", ")}`);
    }
  }
  return names.length === 0 ? DRILLS : DRILLS.filter(({ alert }) => names.includes(alert));
}

async function runningStack(): Promise<Stack> {
  const backEnds = await BackEnds.find(variables);
  for (const component of ["mcp-server", "prometheus", "alertmanager", "alert-receiver"] as const) {
    if (!backEnds.has(component)) throw new Error(`${component} does not answer: run STACK_FAST=1 make up first`);
  }
  const windows = await windowScale(backEnds);
  if (windows === 1)
    say("the alert windows have their full length, so this takes long; STACK_FAST=1 make up divides them by ten");
  const url = new URL(`http://127.0.0.1:${variables.MCP_PORT}/mcp`);
  return { backEnds, target: { url, services: runningServices(variables) }, windows };
}

async function rowOf(drill: Drill, stack: Stack): Promise<string[]> {
  const { alert } = drill;
  const missing = drill.needs?.find((component) => !stack.backEnds.has(component));
  if (missing !== undefined) return [alert, "", "", `not verified: ${missing} is not running`];
  say(`${alert}: waiting until no alert fires, then causing the fault`);
  try {
    const { findings, fired, resolved } = await runAlertLifecycle(stack, drill, ({ annotations, labels }) => {
      say(`${alert} (${labels.severity}): ${annotations.summary}`);
      say(`  ${annotations.description}`);
      say(`  prometheus/runbooks/${alert}.md = ${annotations.runbook_url}`);
    });
    const failure = findings.find(({ verdict }) => verdict === "FAILED");
    const verdict = failure === undefined ? "ok" : `FAILED: ${failure.signal}: ${failure.detail}`;
    return [alert, fired.toFixed(0), resolved.toFixed(0), verdict];
  } catch (error) {
    return [alert, "", "", `FAILED: ${error instanceof Error ? error.message : error}`];
  }
}

try {
  const drills = drillsAskedFor();
  const stack = await runningStack();
  const rows: string[][] = [];
  for (const stage of new Set(drills.map((drill) => drill.stage).sort((a, b) => a - b))) {
    const sideBySide = drills.filter((drill) => drill.stage === stage);
    rows.push(...(await Promise.all(sideBySide.map((drill) => rowOf(drill, stack)))));
  }
  say(table([["ALERT", "SECONDS TO FIRE", "TO RESOLVE", ""], ...rows]));
  process.exit(rows.some(([, , , verdict]) => verdict?.startsWith("FAILED")) ? 1 : 0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
