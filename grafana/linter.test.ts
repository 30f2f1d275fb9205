/**
 * The rules of grafana/dashboard-linter, as far as they hold for boards of one service over all its replicas: the two
 * rules that want a variable and a matcher for `job` and `instance` do not. Its other rules are in the tests beside
 * this one: not to be edited, titles, descriptions and units, no panel without a query, every query in its language.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { boards } from "./validation/queries.ts";

const DATASOURCES = ["prometheus_datasource", "loki_datasource", "tempo_datasource"];
const ON_TIME_RANGE_CHANGE = 2;

for (const board of boards()) {
  const targets = board.panels.flatMap(({ title, targets: asked = [] }) =>
    asked.map((target) => ({ title, type: target.datasource.type, expr: target.expr ?? "" })),
  );
  const promql = targets.filter(({ type }) => type === "prometheus");
  const logql = targets.filter(({ type }) => type === "loki");

  describe(board.uid, () => {
    test("template-datasource: each kind of data source is chosen by a variable, with a label", () => {
      const chosen = board.templating.list.filter(({ type }) => type === "datasource");
      assert.deepEqual(
        chosen.map(({ name }) => name),
        DATASOURCES,
      );
    });

    test("template-label: every variable says what it chooses", () => {
      for (const { name, label } of board.templating.list) assert.ok(label, name);
    });

    test("template-on-time-change-reload: choices that are queried follow the time range", () => {
      for (const { name, type, refresh } of board.templating.list) {
        if (type === "query") assert.equal(refresh, ON_TIME_RANGE_CHANGE, name);
      }
    });

    test("target-rate-interval: what is drawn over time is taken over $__rate_interval", () => {
      for (const { title, expr } of promql) {
        for (const [, range] of expr.matchAll(/rate\([^[]*\[([^\]]+)\]/g))
          assert.equal(range, "$__rate_interval", title);
      }
    });

    test("target-counter-agg: no counter without rate or increase", () => {
      for (const { title, expr } of promql) {
        const bare = expr.replace(/\b(rate|increase)\([^()]*\)/g, "");
        assert.doesNotMatch(bare, /_(total|count|sum|bucket)\b/, title);
      }
    });

    test("target-counter-agg: rate before sum, never sum before rate", () => {
      for (const { title, expr } of promql) assert.doesNotMatch(expr, /(rate|increase)\(\s*(sum|max|min)/, title);
    });

    test("target-logql-auto: what is counted over time is counted over $__auto", () => {
      for (const { title, expr } of logql) {
        for (const [, range] of expr.matchAll(/\[([^\]]+)\]/g)) assert.equal(range, "$__auto", title);
      }
    });
  });
}
