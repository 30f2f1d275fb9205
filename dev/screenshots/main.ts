/**
 * `make screenshots`: a picture of every board of a running Grafana, dark and light, at two sizes, in
 * `.run/screenshots/`. Fails when a panel shows an error, nothing or "No data", on the picture or below it, or when a
 * journey from one signal to the next does not arrive. Only a running Grafana is photographed, and no picture is
 * committed.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findChromium, howToGet } from "../../deploy/stack/native/programs.ts";
import { isFast, ROOT, stackVariables } from "../../deploy/stack/settings/environment.ts";
import { BOARDS } from "../../grafana/src/board-names.ts";
import { runAgentOnce } from "../lib/agent-run.ts";
import { BackEnds } from "../lib/back-ends.ts";
import { Prometheus } from "../lib/prometheus.ts";
import { runningServices } from "../lib/running-services.ts";
import { address, foldedRowsOf, pageHeightOf, panelTitlesOf, THEMES, WINDOWS } from "./board.ts";
import { missedFaults } from "./broken-boards.ts";
import { GrafanaPage } from "./grafana-page.ts";
import { inIncident } from "./incident.ts";
import { failedJourneys } from "./journeys.ts";

const FOLDER = join(ROOT, ".run", "screenshots");
const TRAFFIC_SECONDS = 180;
const SHOWN_MS = 60_000;

/** Of the boards' variables. */
interface Values extends Readonly<Record<string, string>> {
  readonly tool: string;
  readonly session: string;
}

const say = (text: string) => process.stdout.write(`${text}\n`);
const variables = stackVariables();

function programs(backEnds: BackEnds): string {
  if (!backEnds.has("grafana")) {
    throw new Error(
      `Grafana does not answer at ${backEnds.url("grafana")}: run make up, which needs Docker or an installed Grafana`,
    );
  }
  const browser = findChromium(variables);
  if (browser === undefined) throw new Error(`no Chromium: ${howToGet("chromium")}`);
  return browser;
}

/** A graph of the first minute shows too little: waits until there has been traffic for a while. */
async function untilTrafficIsSeen(backEnds: BackEnds): Promise<void> {
  const prometheus = new Prometheus(backEnds);
  const age = (await prometheus.value('time() - min(process_start_time_seconds{job="probe"})')) ?? 0;
  if (age >= TRAFFIC_SECONDS) return;
  say(`waiting until the probe has called the server for ${TRAFFIC_SECONDS / 60} minutes`);
  await sleep((TRAFFIC_SECONDS - age) * 1000);
}

/** @returns what is wrong with the boards at rest */
async function takeAll(grafana: GrafanaPage, values: Values): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { uid } of Object.values(BOARDS)) {
    for (const theme of THEMES) {
      for (const window of WINDOWS) {
        const name = `${uid}-${theme}-${window.width}`;
        await grafana.page.setViewportSize(window);
        await grafana.page.goto(address(uid, theme, values));
        const above = await grafana.problems([], SHOWN_MS);
        await grafana.page.screenshot({ path: join(FOLDER, `${name}.png`) });
        // Grafana draws a panel when it comes into view.
        await grafana.page.setViewportSize({ ...window, height: pageHeightOf(uid) });
        for (const row of foldedRowsOf(uid)) await grafana.openRow(row);
        const all = await grafana.problems(panelTitlesOf(uid), SHOWN_MS);
        await grafana.page.screenshot({ path: join(FOLDER, `${name}-whole.png`) });
        found.push(...new Set([...above, ...all].map((text) => `${name}: ${text}`)));
        say(`${name}.png`);
      }
    }
  }
  return found;
}

/** @returns what is wrong while a tool fails: with the overview, and with the ways from it to the cause */
async function takeIncident(grafana: GrafanaPage, backEnds: BackEnds, called: string): Promise<readonly string[]> {
  const target = {
    url: new URL(`http://127.0.0.1:${variables.MCP_PORT}/mcp`),
    services: runningServices(variables),
  };
  say(`making a tool fail until ${isFast(variables) ? "its alert fires" : "its alert fires, which takes minutes"}`);
  const found = await inIncident(backEnds, target, async (incident) => {
    for (const window of WINDOWS) {
      await grafana.page.setViewportSize(window);
      await grafana.page.goto(address(BOARDS.overview.uid, "dark", {}));
      await grafana.problems([], SHOWN_MS);
      await grafana.page.screenshot({ path: join(FOLDER, `incident-${window.width}.png`) });
    }
    return failedJourneys(grafana, { ...incident, called });
  });
  if (found === undefined) say("not verified: the journeys, which begin at an alert: no tool fails on demand");
  return found ?? [];
}

try {
  const backEnds = await BackEnds.find(variables);
  const browser = programs(backEnds);
  await untilTrafficIsSeen(backEnds);
  mkdirSync(FOLDER, { recursive: true });
  const grafana = await GrafanaPage.open(browser, backEnds.url("grafana"));
  try {
    const { calls, sessionId } = await runAgentOnce(variables);
    const values = { tool: calls[0]?.tool ?? "", session: sessionId };
    const found = [
      ...(await missedFaults(grafana)).map((text) => `the check of the panels is blind to ${text}`),
      ...(await takeAll(grafana, values)),
      ...(await takeIncident(grafana, backEnds, values.tool)),
    ];
    for (const text of found) process.stderr.write(`${text}\n`);
    process.exitCode = found.length === 0 ? 0 : 1;
  } finally {
    await grafana.close();
  }
} catch (error) {
  process.stderr.write(`no picture was taken: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
