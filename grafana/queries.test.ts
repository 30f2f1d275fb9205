/** What the boards ask Prometheus for: over ranges that scrapes allow, with exemplars where there are some. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { CLIENT_METRICS, METRICS, type MetricDefinition, PROBE_METRICS } from "../server/telemetry/conventions.ts";
import type { BoardJson, TargetJson } from "./src/board-json.ts";
import { panelQueries } from "./src/panel-queries.ts";
import { rendered } from "./src/render.ts";

const definitions: readonly MetricDefinition[] = [METRICS, CLIENT_METRICS, PROBE_METRICS].flatMap((own) =>
  Object.values(own),
);
for (const { name, json } of rendered()) {
  const board: BoardJson = JSON.parse(json);
  const panels = board.panels.filter(({ type }) => type !== "row");
  const prometheus = panels.flatMap(({ title, targets = [] }) =>
    targets.flatMap((target) => (target.expr && isProm(target) ? [{ title, target, expr: target.expr }] : [])),
  );

  describe(name, () => {
    test("ranges follow the scrape interval; only a table, asked once, covers all that is shown", () => {
      for (const { title, target, expr } of prometheus) {
        for (const [, range] of expr.matchAll(/\[([^\]]+)\]/g)) {
          assert.equal(range, target.instant ? "$__range" : "$__rate_interval", title);
        }
      }
    });

    test("latency over time has exemplars, and nothing else asks for what it would not get", () => {
      const linked = definitions.filter(({ exemplars }) => exemplars).map((metric) => `${metric.name}_bucket`);
      for (const panel of panels.filter(({ type }) => type === "timeseries")) {
        const targets = panel.targets ?? [];
        const couldLink = targets.some(({ expr = "" }) => linked.some((metric) => expr.includes(metric)));
        assert.equal(
          targets.some(({ exemplar }) => exemplar),
          couldLink,
          panel.title,
        );
      }
    });

    test("promtool accepts every expression", (t) => {
      if (spawnSync("promtool", ["--version"]).error) return t.skip("promtool is not on PATH");
      const rules = panelQueries(board)
        .filter(({ datasource }) => datasource === "prometheus")
        .map(({ query }, index) => ({ record: `panel:${index}`, expr: query }));
      const folder = mkdtempSync(join(tmpdir(), "promql-"));
      try {
        const file = join(folder, "rules.json");
        writeFileSync(file, JSON.stringify({ groups: [{ name: "panels", rules }] }));
        const { status, stdout, stderr } = spawnSync("promtool", ["check", "rules", file], {
          encoding: "utf8",
        });
        assert.equal(status, 0, stdout + stderr);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
}

function isProm({ datasource }: TargetJson): boolean {
  return datasource.type === "prometheus";
}
