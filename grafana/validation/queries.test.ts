/** The boards' PromQL queries: their ranges, exemplars and syntax. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { run } from "../../test/support/prometheus-program.ts";
import { type BoardJson, panelsOf, type TargetJson } from "../src/board-json.ts";
import { panelQueries } from "../src/panel-queries.ts";
import { rendered } from "../src/render.ts";
import { EMITTED_METRICS } from "./emitted-metrics.ts";

for (const { name, json } of rendered()) {
  const board: BoardJson = JSON.parse(json);
  const panels = panelsOf(board);
  const prometheus = panels.flatMap(({ title, targets = [] }) =>
    targets.flatMap((target) => (target.expr && isProm(target) ? [{ title, target, expr: target.expr }] : [])),
  );

  describe(name, () => {
    test("graphs and numbers use $__rate_interval, tables and totals $__range", () => {
      for (const { title, target, expr } of prometheus) {
        for (const [, range] of expr.matchAll(/\[([^\]]+)\]/g)) {
          const total = /\bincrease\(/.test(expr) && target.format !== "heatmap";
          assert.equal(range, target.format === "table" || total ? "$__range" : "$__rate_interval", title);
        }
      }
    });

    test("a graph asks for exemplars exactly when one of its metrics has them", () => {
      const linked = EMITTED_METRICS.filter(({ exemplars }) => exemplars).map((metric) => `${metric.name}_bucket`);
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
      const rules = panelQueries(board)
        .filter(({ datasource }) => datasource === "prometheus")
        .map(({ query }, index) => ({ record: `panel:${index}`, expr: query }));
      const folder = mkdtempSync(join(tmpdir(), "promql-"));
      try {
        const file = join(folder, "rules.json");
        writeFileSync(file, JSON.stringify({ groups: [{ name: "panels", rules }] }));
        run(t, "promtool", "check", "rules", file);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
}

function isProm({ datasource }: TargetJson): boolean {
  return datasource.type === "prometheus";
}
