/** One page of a running Grafana in a real browser, logged in. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, chromium, type Page } from "playwright-core";
import { grafanaPassword } from "../../deploy/stack/settings/secrets.ts";
import { problems } from "./board.ts";
import { panelStates } from "./panel-state.ts";

const PASSWORD = { user: "admin", password: grafanaPassword() };
/** A panel that has not asked yet looks calm too, so one calm look is not enough. */
const CALM_LOOKS = 4;
const LOOK_MS = 500;

export class GrafanaPage {
  readonly page: Page;
  readonly #browser: Browser;

  private constructor(page: Page, browser: Browser) {
    this.page = page;
    this.#browser = browser;
  }

  /** @param baseURL of Grafana @throws when the login fails */
  static async open(executablePath: string, baseURL: string): Promise<GrafanaPage> {
    const browser = await chromium.launch({ executablePath });
    const context = await browser.newContext({ baseURL });
    await context.request.post("/login", { data: PASSWORD, failOnStatusCode: true });
    return new GrafanaPage(await context.newPage(), browser);
  }

  close(): Promise<void> {
    return this.#browser.close();
  }

  async openRow(title: string): Promise<void> {
    await this.page.getByTestId(`data-testid dashboard-row-title-${title}`).click();
  }

  /**
   * Waits until several looks in a row find nothing wrong.
   * @param expected titles of the panels that must be shown
   * @returns the problems that are left after `ms` milliseconds
   */
  async problems(expected: readonly string[], ms: number): Promise<readonly string[]> {
    const deadline = performance.now() + ms;
    let calm = 0;
    for (;;) {
      const found = problems(await this.page.evaluate(panelStates), expected);
      calm = found.length === 0 ? calm + 1 : 0;
      if (calm === CALM_LOOKS) return [];
      if (performance.now() > deadline) return found;
      await sleep(LOOK_MS);
    }
  }
}
