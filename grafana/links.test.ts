/** Every link leads somewhere: from board to board, into Explore, from an alert to a board, and home. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { ATTR } from "../server/telemetry/conventions.ts";
import { BOARDS, TAG } from "./src/board-names.ts";
import { boardLink, exploreQueries, linksIn, linksOf } from "./validation/links.ts";
import { alertAnnotations, boards } from "./validation/queries.ts";

const byUid = new Map(boards().map((board) => [board.uid, board]));
const read = (...path: string[]) => readFileSync(join(import.meta.dirname, "..", ...path), "utf8");

const assertLeads = (where: string, url: string) => {
  const link = boardLink(url);
  assert.ok(link, `${where}: ${url} is no link to a board`);
  const board = byUid.get(link.uid);
  assert.ok(board, `${where}: there is no board ${link.uid}`);
  const variables = board.templating.list.map(({ name }) => name);
  assert.deepEqual(
    link.variables.filter((name) => !variables.includes(name)),
    [],
    where,
  );
};

test("every board is rendered under the name that links use", () => {
  assert.deepEqual(
    [...byUid.keys()],
    Object.values(BOARDS).map(({ uid }) => uid),
  );
});

test("every link of a panel leads to a board, with variables that it has, or into Explore, with a query", () => {
  for (const board of byUid.values()) {
    for (const { title, url } of linksIn(board)) {
      const where = `${board.uid} "${title}"`;
      const queries = exploreQueries(url);
      if (queries.length === 0) assertLeads(where, url);
      for (const { expr, query } of queries) assert.ok(expr ?? query, `${where} asks Explore nothing`);
    }
  }
});

/** Panels whose queries say `what`, and where their links lead. */
const panelsOn = (what: RegExp) =>
  [...byUid.values()].flatMap(({ uid, panels }) =>
    panels
      .filter(({ targets = [] }) => targets.some(({ expr, query }) => what.test(expr ?? query ?? "")))
      .map((panel) => ({
        where: `${uid} "${panel.title}"`,
        to: linksOf(panel).map(({ url }) => boardLink(url)?.uid),
      })),
  );

test("every panel that tells tools apart leads to the board of one", () => {
  const panels = panelsOn(/\bby \([^)]*\btool_name\b/);
  assert.ok(panels.some(({ where }) => where.startsWith(BOARDS.overview.uid)));
  for (const { where, to } of panels) assert.ok(to.includes(BOARDS.tool.uid), where);
});

test("every table that shows session ids leads to the board of one", () => {
  const panels = panelsOn(new RegExp(`select\\([^)]*${ATTR.sessionId}`));
  assert.ok(panels.some(({ where }) => where.startsWith(BOARDS.overview.uid)));
  for (const { where, to } of panels) assert.ok(to.includes(BOARDS.session.uid), where);
});

test("from every board there is a way to all others, in the same time", () => {
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
  const alerts = alertAnnotations();
  assert.ok(alerts.length > 0);
  for (const { alert, dashboard = "" } of alerts) assertLeads(alert, dashboard);
});

test("home is the overview", () => {
  const { services } = parse(read("docker-compose.yml"), { merge: true });
  const home = services.grafana.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH;
  assert.equal(home, `/etc/grafana/dashboards/${BOARDS.overview.uid}.json`);
});
