/**
 * The rules of grafana/dashboard-linter that fit boards of one service over all its replicas. The rules that require a
 * variable and a matcher for `job` and `instance` do not fit. Other tests in this folder cover the remaining rules:
 * read-only boards; titles, descriptions and units; panels without a query; the syntax of queries.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { panelsOf } from "../src/board-json.ts";
import type { BoardVariable } from "../src/board-names.ts";
import { boards } from "./queries.ts";

const DATASOURCES = ["prometheus_datasource", "loki_datasource", "tempo_datasource"];
const ON_TIME_RANGE_CHANGE = 2;
/** A refresh would replace a session that has ended before the time shown. */
const CHOSEN_BY_LINK = "session" satisfies BoardVariable;

for (const board of boards()) {
  const targets = panelsOf(board).flatMap(({ title, targets: queries = [] }) =>
    queries.map((target) => ({ title, type: target.datasource.type, expr: target.expr ?? "" })),
  );
  const promql = targets.filter(({ type }) => type === "prometheus");
  const logql = targets.filter(({ type }) => type === "loki");

  describe(board.uid, () => {
    test("template-datasource: each type of data source is selected by a variable with a label", () => {
      const variables = board.templating.list.filter(({ type }) => type === "datasource");
      assert.deepEqual(
        variables.map(({ name }) => name),
        DATASOURCES,
      );
    });

    test("template-label: every variable has a label", () => {
      for (const { name, label } of board.templating.list) assert.ok(label, name);
    });

    test("template-on-time-change-reload: query variables are refreshed when the time range changes", () => {
      for (const { name, type, refresh } of board.templating.list) {
        if (type === "query" && name !== CHOSEN_BY_LINK) assert.equal(refresh, ON_TIME_RANGE_CHANGE, name);
      }
    });

    test("target-rate-interval: rates use $__rate_interval", () => {
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

    test("target-logql-auto: LogQL ranges use $__auto", () => {
      for (const { title, expr } of logql) {
        for (const [, range] of expr.matchAll(/\[([^\]]+)\]/g)) assert.equal(range, "$__auto", title);
      }
    });
  });
}
