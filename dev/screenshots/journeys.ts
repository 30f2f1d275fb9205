/**
 * The ways from one signal to the next, clicked in a real browser as somebody on call would click them. Each ends where
 * the question is answered, or throws at the step that does not lead there.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { BOARDS } from "../../grafana/src/board-names.ts";
import { readBoard } from "./board.ts";
import type { GrafanaPage } from "./grafana-page.ts";

/** Time for a click to have its effect. */
const STEP_MS = 20_000;
const WINDOW = { width: 1440, height: 2600 };
const HIDDEN = 2;
const SESSION_ID = /[0-9a-f]{8}-[0-9a-f-]{27}/;

export interface Incident {
  /** The alert that fires, and the tool that it is about. */
  readonly alert: string;
  readonly tool: string;
  /** A tool that is called in sessions, and does not fail. */
  readonly called: string;
}

/** One way through Grafana, from a board on. */
class Journey {
  readonly page: Page;
  readonly #grafana: GrafanaPage;

  constructor(grafana: GrafanaPage) {
    this.#grafana = grafana;
    this.page = grafana.page;
    this.page.setDefaultTimeout(STEP_MS);
  }

  async startAt(uid: string, query = ""): Promise<void> {
    await this.page.setViewportSize(WINDOW);
    await this.page.goto(`/d/${uid}?from=now-15m&to=now&refresh=1d${query}`);
    const found = await this.#grafana.problems([], STEP_MS);
    assert.deepEqual(found, [], uid);
  }

  panel(title: string): Locator {
    return this.page.getByTestId(`data-testid Panel header ${title}`).last();
  }

  /** A cell of a table's first row with that text. */
  cell(title: string, text: string | RegExp): Locator {
    return this.panel(title).getByRole("gridcell").getByText(text).first();
  }

  /** Clicks a value, and then one of the links that Grafana offers for it. */
  async choose(value: Locator, link: string): Promise<void> {
    await value.click();
    await this.page.getByText(link, { exact: true }).last().click();
  }

  /** @returns the parameters of the page's address */
  async arrivesAt(path: string): Promise<URLSearchParams> {
    await this.page.waitForURL((url) => url.pathname.startsWith(path));
    return new URL(this.page.url()).searchParams;
  }

  /** The trace is open: its spans are shown. */
  async showsTrace(): Promise<void> {
    await this.page.getByText("Service & Operation").waitFor();
  }
}

const JOURNEYS: Readonly<Record<string, (journey: Journey, incident: Incident) => Promise<void>>> = {
  async "alert → runbook and board"(journey, { alert, tool }) {
    await journey.startAt(BOARDS.overview.uid);
    await journey.cell("Firing alerts", alert).click();
    const runbook = await journey.page.getByRole("link", { name: "Runbook" }).getAttribute("href");
    assert.ok(existsSync(join(ROOT, "prometheus/runbooks", runbook?.split("/").at(-1) ?? "")), runbook ?? "no link");
    await journey.page.getByText("Board", { exact: true }).last().click();
    assert.equal((await journey.arrivesAt(`/d/${BOARDS.tool.uid}`)).get("var-tool"), tool);
  },

  async "alerts → groups of Alertmanager"(journey, { alert }) {
    await journey.startAt(BOARDS.overview.uid);
    await journey.panel("Alerts").getByText("tickets").click();
    await journey.arrivesAt("/alerting/groups");
    await journey.page.getByText(alert).first().waitFor();
  },

  async "tools → tool → slowest trace → logs → session"(journey, { called }) {
    await journey.startAt(BOARDS.overview.uid);
    await journey.choose(journey.cell("Tools", called), "Board of this tool");
    assert.equal((await journey.arrivesAt(`/d/${BOARDS.tool.uid}`)).get("var-tool"), called);
    const inSession = journey.panel("Slowest traces").getByRole("row").filter({ hasText: SESSION_ID }).first();
    await inSession.getByRole("gridcell").last().getByRole("link").click();
    await journey.showsTrace();
    await journey.page.getByText(`tools/call ${called}`).first().click();
    await journey.page.getByText("Logs for this span").click();
    await journey.page.getByText("request").first().waitFor();
    await journey.startAt(BOARDS.tool.uid, `&var-tool=${called}`);
    const id = inSession.getByText(SESSION_ID);
    const session = await id.innerText();
    await id.click();
    assert.equal((await journey.arrivesAt(`/d/${BOARDS.session.uid}`)).get("var-session"), session);
    await journey.showsTrace();
  },

  async "exemplar → trace → metrics"(journey) {
    await journey.startAt(BOARDS.overview.uid);
    // The dots overlap: one that lies below another is as good.
    await journey.panel("p99 latency by tool").getByTestId("data-testid Exemplar marker").last().hover({ force: true });
    await journey.page.getByText("Show the trace").first().click();
    await journey.showsTrace();
    await journey.page
      .getByText(/^tools\/call /)
      .first()
      .click();
    await journey.page.getByText("Calls by status").first().click();
    await journey.page
      .getByText(/mcp_tool_calls_total/)
      .first()
      .waitFor();
  },

  async "log line → session, at its time"(journey) {
    await journey.startAt(BOARDS.overview.uid);
    await journey.panel("Log").getByText("session started").first().click();
    const link = journey.panel("Log").getByRole("link", { name: "Show the session" });
    const target = new URL((await link.getAttribute("href")) ?? "", journey.page.url());
    for (const side of ["from", "to"]) assert.match(target.searchParams.get(side) ?? "", /^\d{13}$/, side);
    await journey.page.goto(target.href);
    await journey.showsTrace();
    await journey.panel("Log").getByText("session started").first().waitFor();
  },

  async "every variable"(journey) {
    for (const { uid } of Object.values(BOARDS)) {
      for (const { label, hide } of readBoard(uid).templating.list) {
        if (hide === HIDDEN) continue;
        await journey.startAt(uid);
        const before = journey.page.url();
        const select = journey.page.getByTestId(`data-testid Dashboard template variables submenu Label ${label}`);
        await select.locator("xpath=..").getByRole("combobox").click();
        await journey.page.getByRole("option").last().click();
        await journey.page.keyboard.press("Escape");
        await journey.page.waitForURL((url) => url.href !== before);
      }
    }
  },
};

/** @returns one sentence for each journey that does not arrive */
export async function failedJourneys(grafana: GrafanaPage, incident: Incident): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const [name, walk] of Object.entries(JOURNEYS)) {
    try {
      await walk(new Journey(grafana), incident);
      process.stdout.write(`${name}: ok\n`);
    } catch (error) {
      failed.push(`${name}: ${error instanceof Error ? error.message.split("\n").slice(0, 3).join(" ") : error}`);
    }
  }
  return failed;
}
