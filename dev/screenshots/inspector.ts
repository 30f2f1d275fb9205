/**
 * `make pictures`: the inspector with a busy session, as the README shows it: `docs/inspector-light.png` and
 * `docs/inspector-dark.png`; and its list of sessions, and both on a narrow screen, in `.run/screenshots/`. It
 * starts the server and the catalog, and makes the calls.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { type BrowserContextOptions, chromium } from "playwright-core";
import { findChromium, howToGet } from "../../deploy/stack/native/programs.ts";
import { ROOT, stackVariables } from "../../deploy/stack/settings/environment.ts";
import { freePort } from "../../test/support/free-port.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { THEMES, WINDOWS } from "./board.ts";

const DOCS = join(ROOT, "docs");
const NARROW_PICTURES = join(ROOT, ".run", "screenshots");
const PICTURE = { viewport: { width: 1280, height: 970 }, deviceScaleFactor: 1.5 };
const NARROW = { viewport: { width: 390, height: 1200 }, deviceScaleFactor: 2 };

/** A few runs without a failure, so that the tools have figures over time. */
async function quietSessions(server: RunningServer): Promise<void> {
  for (let run = 0; run < 8; run += 1) {
    const client = await server.client(undefined, "demo-agent");
    await client.callTool({ name: "lookup_item", arguments: { sku: "A-1" } });
    await client.callTool({ name: "add", arguments: { a: run, b: 1 } });
    await (client.transport as StreamableHTTPClientTransport).terminateSession();
    await client.close();
    await sleep(400);
  }
}

/** A session with side by side calls, a rejection and a failure. @returns its id */
async function busySession(server: RunningServer, catalog: URL): Promise<string> {
  const client = await server.client(undefined, "shopping-agent");
  const call = (name: string, args: Record<string, unknown>) => client.callTool({ name, arguments: args });
  const fault = (query: string, method: string) => fetch(new URL(`/fault${query}`, catalog), { method });
  await client.listTools();
  await Promise.all([call("lookup_item", { sku: "A-1" }), call("lookup_item", { sku: "A-10" })]);
  await call("add", { a: 19.5, b: 22.5 });
  await sleep(3000);
  await call("lookup_item", { sku: 7 });
  await fault("?mode=fail&seconds=60", "PUT");
  await call("lookup_item", { sku: "A-2" });
  await fault("", "DELETE");
  return String(client.transport?.sessionId);
}

async function takeAll(executablePath: string, inspect: URL, session: string): Promise<void> {
  const browser = await chromium.launch({ executablePath });
  const take = async (file: string, query: string, options: BrowserContextOptions) => {
    const page = await (await browser.newContext(options)).newPage();
    await page.goto(new URL(query, inspect).href);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.screenshot({ path: file });
    process.stdout.write(`${file.slice(ROOT.length)}\n`);
  };
  try {
    for (const colorScheme of THEMES) {
      const one = `?session=${session}`;
      await take(join(DOCS, `inspector-${colorScheme}.png`), one, { colorScheme, ...PICTURE });
      await take(join(NARROW_PICTURES, `inspector-all-${colorScheme}.png`), "", { colorScheme, viewport: WINDOWS[0] });
      await take(join(NARROW_PICTURES, `inspector-narrow-${colorScheme}.png`), one, { colorScheme, ...NARROW });
      await take(join(NARROW_PICTURES, `inspector-all-narrow-${colorScheme}.png`), "", { colorScheme, ...NARROW });
    }
  } finally {
    await browser.close();
  }
}

const executablePath = findChromium(stackVariables());
if (executablePath === undefined) {
  process.stderr.write(`no picture was taken: no Chromium: ${howToGet("chromium")}\n`);
  process.exit(1);
}
for (const folder of [DOCS, NARROW_PICTURES]) mkdirSync(folder, { recursive: true });
const catalog = await runServer({ CATALOG_PORT: String(await freePort()) }, "deploy/services/catalog/main.ts");
const environment = {
  MCP_DEMO: "1",
  MCP_INSPECT: "1",
  MCP_INSPECT_GRAFANA_URL: "http://localhost:3000",
  CATALOG_URL: catalog.url.origin,
};
const server = await runServer(environment, "server/main.ts");
try {
  await quietSessions(server);
  const session = await busySession(server, catalog.url);
  await takeAll(executablePath, await server.metricsUrl("/inspect"), session);
} finally {
  await Promise.all([server.stop(), catalog.stop()]);
}
