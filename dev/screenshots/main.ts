/**
 * `make screenshots`: a picture of every board of a running Grafana, dark and light, 1440×900, in
 * `.run/screenshots/`. Fails when a panel shows an error or "No data", on the picture or below it. Only a running
 * Grafana is photographed, and no picture is committed.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";
import { findChromium, howToGet } from "../../deploy/stack/native/programs.ts";
import { ROOT, stackVariables } from "../../deploy/stack/settings/environment.ts";
import { grafanaPassword } from "../../deploy/stack/settings/secrets.ts";
import { BOARDS } from "../../grafana/src/board-names.ts";
import { runAgentOnce } from "../lib/agent-run.ts";
import { BackEnds } from "../lib/back-ends.ts";
import { eventually } from "../lib/poll.ts";
import { Prometheus } from "../lib/prometheus.ts";
import { address, heightOf, problems, THEMES, WINDOW } from "./board.ts";
import { panelStates } from "./panel-state.ts";

const FOLDER = join(ROOT, ".run", "screenshots");
const TRAFFIC_SECONDS = 180;
const SHOWN_MS = 60_000;

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

/** @returns what is wrong with the boards */
async function takeAll(executablePath: string, grafana: string): Promise<readonly string[]> {
  const { calls, sessionId } = await runAgentOnce(variables);
  const values = { tool: calls[0]?.tool ?? "", session: sessionId };
  const browser = await chromium.launch({ executablePath });
  const found: string[] = [];
  try {
    const context = await browser.newContext({ baseURL: grafana, viewport: WINDOW });
    await context.request.post("/login", {
      data: { user: "admin", password: grafanaPassword() },
      failOnStatusCode: true,
    });
    const page = await context.newPage();
    for (const { uid } of Object.values(BOARDS)) {
      for (const theme of THEMES) {
        const look = async () => problems(await page.evaluate(panelStates));
        await page.setViewportSize(WINDOW);
        await page.goto(address(uid, theme, values));
        const above = await settled(look);
        await page.screenshot({ path: join(FOLDER, `${uid}-${theme}.png`) });
        // Grafana draws a panel when it comes into view.
        await page.setViewportSize({ ...WINDOW, height: heightOf(uid) });
        found.push(...new Set([...above, ...(await settled(look))].map((text) => `${uid}, ${theme}: ${text}`)));
        say(`${uid}-${theme}.png`);
      }
    }
  } finally {
    await browser.close();
  }
  return found;
}

/** The problems that are left after the time that panels have to load. */
async function settled(look: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await eventually(SHOWN_MS, async () => ((await look()).length === 0 ? [] : undefined));
  } catch {
    return look();
  }
}

try {
  const backEnds = await BackEnds.find(variables);
  const browser = programs(backEnds);
  await untilTrafficIsSeen(backEnds);
  mkdirSync(FOLDER, { recursive: true });
  const found = await takeAll(browser, backEnds.url("grafana"));
  for (const text of found) process.stderr.write(`${text}\n`);
  process.exit(found.length === 0 ? 0 : 1);
} catch (error) {
  process.stderr.write(`no picture was taken: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
