/**
 * Boards that are wrong on purpose. A check that passes them proves nothing, so each is shown to it first, and removed
 * again.
 */
import type { Page } from "playwright-core";
import type { GrafanaPage } from "./grafana-page.ts";

const UID = "mcp-screenshots-check";
const TITLE = "Calls";
/** Shorter than the slow query takes. */
const PATIENCE_MS = 8000;
const SLOW_SECONDS = 60;

const prometheus = (expr: string) => ({ refId: "A", datasource: { type: "prometheus", uid: "prometheus" }, expr });
const TEST_DATA = "grafana-testdata-datasource";

/** What is wrong with a board, and what the check must say of it. */
const BROKEN = {
  "a query that is no PromQL": { target: prometheus("sum("), finding: "shows an error" },
  "a query without an answer": { target: prometheus("no_such_metric"), finding: "shows No data" },
  "a query that takes too long": {
    target: {
      refId: "A",
      datasource: { type: TEST_DATA, uid: UID },
      scenarioId: "slow_query",
      stringInput: `${SLOW_SECONDS}s`,
    },
    finding: "still loads",
  },
} as const;

/** @returns what the check did not find @throws when Grafana does not take a board */
export async function missedFaults(grafana: GrafanaPage): Promise<readonly string[]> {
  const { page } = grafana;
  const missed: string[] = [];
  await send(page, "post", "/api/datasources", { name: UID, uid: UID, type: TEST_DATA, access: "proxy" });
  try {
    for (const [fault, { target, finding }] of Object.entries(BROKEN)) {
      await send(page, "post", "/api/dashboards/db", { overwrite: true, dashboard: boardWith(target) });
      await page.goto(`/d/${UID}?from=now-5m&to=now`);
      const found = await grafana.problems([TITLE], PATIENCE_MS);
      if (!found.includes(`"${TITLE}" ${finding}`)) missed.push(`${fault}: found ${JSON.stringify(found)}`);
    }
  } finally {
    await send(page, "delete", `/api/dashboards/uid/${UID}`);
    await send(page, "delete", `/api/datasources/uid/${UID}`);
  }
  return missed;
}

const boardWith = (target: object) => ({
  uid: UID,
  title: "Check of make screenshots",
  panels: [{ id: 1, type: "timeseries", title: TITLE, gridPos: { x: 0, y: 0, w: 24, h: 8 }, targets: [target] }],
});

async function send(page: Page, method: "post" | "delete", path: string, data?: object): Promise<void> {
  await page.request[method](path, { ...(data && { data }), failOnStatusCode: true });
}
