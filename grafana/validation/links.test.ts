/** Every link has a target: between boards, into Explore, from an alert to a board. The home board exists. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ATTR } from "mcp-telemetry/conventions";
import { parse } from "yaml";
import { alerts } from "../../prometheus/rule-files.ts";
import { panelsOf } from "../src/board-json.ts";
import { BOARDS, TAG } from "../src/board-names.ts";
import { boardLink, exploreQueries, linksIn, linksOf } from "./links.ts";
import { boards } from "./queries.ts";

const byUid = new Map(boards().map((board) => [board.uid, board]));
const read = (...path: string[]) => readFileSync(join(import.meta.dirname, "..", "..", ...path), "utf8");

/** Links to pages that are no boards, and to the board of an alert, which a test of its own covers. */
const OF_ALERTS = [/^\/alerting\/groups\?/, /\/runbooks\//, /^\/d\/\$\{__data\.fields\.board\}/];

const assertLeadsToBoard = (where: string, url: string) => {
  const link = boardLink(url);
  assert.ok(link, `${where}: ${url} is not a link to a board`);
  const board = byUid.get(link.uid);
  assert.ok(board, `${where}: there is no board ${link.uid}`);
  const variables = board.templating.list.map(({ name }) => name);
  assert.deepEqual(
    link.variables.filter((name) => !variables.includes(name)),
    [],
    where,
  );
};

test("every board is rendered with the uid that links use", () => {
  assert.deepEqual(
    [...byUid.keys()],
    Object.values(BOARDS).map(({ uid }) => uid),
  );
});

test("every link of a panel leads to a board, with variables that it has, or into Explore, with a query", () => {
  for (const board of byUid.values()) {
    for (const { title, url } of linksIn(board).filter(({ url }) => !OF_ALERTS.some((other) => other.test(url)))) {
      const where = `${board.uid} "${title}"`;
      const queries = exploreQueries(url);
      if (queries.length === 0) assertLeadsToBoard(where, url);
      for (const { expr, query } of queries) assert.ok(expr ?? query, `${where}: the link to Explore has no query`);
    }
  }
});

test("the table of firing alerts leads from each alert to its runbook and to the board of its notification", () => {
  const overview = byUid.get(BOARDS.overview.uid);
  const panel = overview && panelsOf(overview).find(({ title, type }) => title === "Firing alerts" && type === "table");
  assert.ok(panel);
  const runbook = linksOf(panel).find(({ title }) => title === "Runbook")?.url ?? "";
  const query = panel.targets?.[0]?.expr ?? "";
  for (const { alert, annotations } of alerts) {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variable, not JavaScript's
    assert.equal(runbook.replace("${__value.raw}", alert), annotations?.runbook_url);
    const { uid } = boardLink(annotations?.dashboard ?? "") ?? {};
    assert.match(query, new RegExp(`"board", "${uid}", "alertname", "[^"]*\\b${alert}\\b`), alert);
  }
});

/** The panels whose queries match `pattern`, with the boards that they link to. */
const panelsWith = (pattern: RegExp) =>
  [...byUid.values()].flatMap((board) =>
    panelsOf(board)
      .filter(({ targets = [] }) => targets.some(({ expr, query }) => pattern.test(expr ?? query ?? "")))
      .map((panel) => ({
        where: `${board.uid} "${panel.title}"`,
        to: linksOf(panel).map(({ url }) => boardLink(url)?.uid),
      })),
  );

test("every panel that groups by tool links to the board of one tool", () => {
  const panels = panelsWith(/\bby \([^)]*\btool_name\b/);
  assert.ok(panels.some(({ where }) => where.startsWith(BOARDS.overview.uid)));
  // The alerts' own table leads to the board that each alert names.
  for (const { where, to } of panels.filter(({ where }) => !where.endsWith('"Firing alerts"')))
    assert.ok(to.includes(BOARDS.tool.uid), where);
});

test("every table with session ids links to the board of one session", () => {
  const panels = panelsWith(new RegExp(`select\\([^)]*${ATTR.sessionId}`));
  assert.ok(panels.some(({ where }) => where.startsWith(BOARDS.overview.uid)));
  for (const { where, to } of panels) assert.ok(to.includes(BOARDS.session.uid), where);
});

test("every board links to all others and keeps the time range", () => {
  for (const { uid, tags, links } of byUid.values()) {
    assert.ok(tags.includes(TAG), uid);
    assert.deepEqual(
      links.map(({ type, tags: to }) => ({ type, to })),
      [{ type: "dashboards", to: [TAG] }],
      uid,
    );
  }
});

test("the dashboard of every alert exists", () => {
  assert.ok(alerts.length > 0);
  for (const { alert, annotations } of alerts) assertLeadsToBoard(alert, annotations?.dashboard ?? "");
});

test("the overview is the home board", () => {
  const { services } = parse(read("docker-compose.yml"), { merge: true });
  const home = services.grafana.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH;
  assert.equal(home, `/etc/grafana/dashboards/${BOARDS.overview.uid}.json`);
});
