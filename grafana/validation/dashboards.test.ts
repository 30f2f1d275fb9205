/**
 * The committed files in `grafana/dashboards/` are up to date with `grafana/src/`, match the data sources and alerts, and
 * follow the rules that make a board readable. No test needs a running Grafana.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { promqlAlerts } from "../../prometheus/rule-files.ts";
import { type BoardJson, heightOf, type PanelJson, panelsOf } from "../src/board-json.ts";
import { UIDS } from "../src/datasources.ts";
import { panelQueries } from "../src/panel-queries.ts";
import { DASHBOARDS, rendered, stale } from "../src/render.ts";
import { LIMITS } from "../src/service.ts";

/** Panels that show no number, or, in a table of sessions, whose numbers need no unit. */
const WITHOUT_UNIT = ["logs", "traces", "nodeGraph", "state-timeline", "table"];

const path = (relative: string) => join(import.meta.dirname, "..", relative);

test("a board that is out of date is reported", () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "dashboards-"));
  try {
    for (const { name, json } of rendered()) writeFileSync(join(elsewhere, name), json);
    assert.deepEqual(stale(elsewhere), []);
    writeFileSync(join(elsewhere, "mcp-overview.json"), "{}\n");
    assert.deepEqual(stale(elsewhere), [join(elsewhere, "mcp-overview.json")]);
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});

test("the committed boards are what the code renders", () => {
  assert.deepEqual(stale(DASHBOARDS), []);
});

test("every data source of the boards is provisioned with the uid that is the variable's default", () => {
  const provisioned: { datasources: { type: string; uid: string }[] } = parse(
    readFileSync(path("provisioning/datasources/datasources.yml"), "utf8"),
  );
  const uids = Object.fromEntries(provisioned.datasources.map(({ type, uid }) => [type, uid]));
  for (const [type, uid] of Object.entries(UIDS)) assert.equal(uids[type], uid, `uid of ${type}`);
});

test("panels turn red at the thresholds of the alerts", () => {
  const limitOf = (name: string) => {
    const rule = promqlAlerts.find(({ alert }) => alert === name);
    return Number(/\)\s*> ([\d.]+)/.exec(rule?.expr ?? "")?.[1]);
  };
  assert.equal(limitOf("MCPToolHighErrorRate"), LIMITS.errorRatio);
  assert.equal(limitOf("MCPToolHighLatency"), LIMITS.p99Seconds);
  assert.equal(limitOf("MCPProbeSlow"), LIMITS.probeSeconds);
});

for (const { name, json } of rendered()) {
  const board: BoardJson = JSON.parse(json);
  const panels = panelsOf(board);

  describe(name, () => {
    test("the board is read-only in the browser, where a change would be lost", () => {
      assert.equal(board.editable, false);
    });

    test("every panel has a title, a description and a unit", () => {
      for (const panel of panels) {
        assert.ok(panel.title, `panel ${panel.id} has no title`);
        assert.match(panel.description ?? "", /\w{3}.*\.$/, `${panel.title} has no description`);
        assert.ok(WITHOUT_UNIT.includes(panel.type) || units(panel).length > 0, `${panel.title} has no unit`);
      }
    });

    test("ids of panels and queries are unique, and every panel has a query", () => {
      const all = [...board.panels.filter(({ type }) => type === "row"), ...panels];
      assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
      for (const { title, targets = [] } of panels) {
        assert.ok(targets.length > 0, `${title} has no query`);
        assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
      }
    });

    test("panels do not overlap and leave no gaps, in folded rows too", () => {
      assertFilled(board.panels);
      for (const row of board.panels) if (row.panels?.length) assertFilled(row.panels);
    });

    test("queries name their data source by the board's variable", () => {
      for (const query of panelQueries(board)) {
        assert.equal(query.uid, UIDS[query.datasource], query.panel);
      }
      assert.doesNotMatch(json, /"uid": "(prometheus|loki|tempo)"/);
    });

    test("every variable in a query is defined by the board or by Grafana", () => {
      for (const { panel, query } of panelQueries(board)) assert.doesNotMatch(query, /\$[a-z{]/i, panel);
    });
  });
}

function assertFilled(panels: readonly PanelJson[]): void {
  const taken = new Map<string, string>();
  for (const { title, gridPos } of panels) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        assert.equal(taken.get(`${x},${y}`), undefined, `${title} overlaps another panel`);
        taken.set(`${x},${y}`, title);
      }
    }
  }
  assert.equal(taken.size, 24 * heightOf(panels), "there are gaps, or a panel is outside the 24 columns");
}

function units({ fieldConfig }: PanelJson): readonly string[] {
  const overridden = fieldConfig?.overrides.flatMap(({ properties }) => properties.map(({ id }) => id)) ?? [];
  return [fieldConfig?.defaults.unit ?? "", ...overridden.filter((id) => id === "unit")].filter(Boolean);
}
