/** A real browser for tests, and what a page did that it should not have done. */
import type { TestContext } from "node:test";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { findChromium, howToGet } from "../../deploy/stack/native/programs.ts";
import { stackVariables } from "../../deploy/stack/settings/environment.ts";

const executablePath = findChromium(stackVariables());

/** Why a browser test is skipped; false where there is a browser. CI installs one: `make programs`. */
export const skip = executablePath === undefined && `not verified: no Chromium: ${howToGet("chromium")}`;

export interface Watched {
  readonly page: Page;
  /** Dialogs, errors, refusals by the page's policy, requests to another host. */
  readonly problems: string[];
}

let browser: Promise<Browser> | undefined;

export async function openPage(t: TestContext, url: URL, options: BrowserContextOptions = {}): Promise<Watched> {
  browser ??= chromium.launch({ executablePath: executablePath ?? "" });
  const context = await (await browser).newContext(options);
  t.after(() => context.close());
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => problems.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", ({ message }) => problems.push(message));
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (new URL(request.url()).host !== url.host) problems.push(`request: ${request.url()}`);
  });
  await page.goto(url.href);
  return { page, problems };
}

export const closeBrowser = async (): Promise<void> => (await browser)?.close();
