/**
 * Every query of the project parses, and uses only metrics, labels, fields and attributes that a running stack has
 * exported (`make capture`). This prevents panels with "No data".
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { MetricDefinition } from "mcp-telemetry/conventions";
import { rules } from "../../prometheus/rule-files.ts";
import { panelsOf } from "../src/board-json.ts";
import { captured } from "./captured.ts";
import { EMITTED_METRICS } from "./emitted-metrics.ts";
import { unknownNamesInLogql } from "./logql.ts";
import { unknownNamesInPromql } from "./promql.ts";
import { allQueries, boards, type PlacedQuery } from "./queries.ts";
import { unknownNamesInTraceql } from "./traceql.ts";

const { metrics, logs, traces } = captured();
const SCRAPE_LABELS = ["instance", "job"];
const storedNames = ({ name, type }: MetricDefinition) =>
  type === "histogram" ? ["bucket", "count", "sum"].map((part) => `${name}_${part}`) : [name];

/** The captured metrics; one without samples has the labels of its definition. */
const known = Object.fromEntries(
  Object.entries(metrics).map(([name, metric]) => {
    const defined = EMITTED_METRICS.find((definition) => definition.name === name)?.labels ?? [];
    return [name, metric.announced ? { ...metric, labels: [...defined, ...SCRAPE_LABELS] } : metric];
  }),
);

const unknownNames = ({ language, query }: PlacedQuery): readonly string[] => {
  if (language === "promql") return unknownNamesInPromql(query, known).filter((text) => !isRecorded(text));
  return language === "logql" ? unknownNamesInLogql(query, logs) : unknownNamesInTraceql(query, traces);
};
const isRecorded = (problem: string) => rules.some(({ record }) => problem === `metric ${record} does not exist`);

for (const language of ["promql", "logql", "traceql"] as const) {
  const queries = allQueries().filter((placed) => placed.language === language);

  test(`every name in the ${queries.length} ${language} queries of boards, links, rules and runbooks exists`, () => {
    assert.ok(queries.length > 5, "too few queries were found");
    const problems = queries.flatMap((placed) => {
      try {
        return unknownNames(placed).map((text) => `${placed.where}: ${text}`);
      } catch (error) {
        return `${placed.where}: not ${language}: ${error instanceof Error ? error.message : error}`;
      }
    });
    assert.deepEqual(problems, []);
  });
}

test("every metric of the conventions was captured, with defined labels only", () => {
  for (const definition of EMITTED_METRICS) {
    for (const name of storedNames(definition)) {
      const seen = metrics[name];
      assert.ok(seen, `${name} was not captured; if it is new or renamed: make up smoke capture`);
      const labels = [...definition.labels, ...SCRAPE_LABELS, ...(name.endsWith("_bucket") ? ["le"] : [])];
      assert.deepEqual(
        seen.labels.filter((label) => !labels.includes(label)),
        [],
        name,
      );
    }
  }
});

test("every captured mcp_ metric is defined in the conventions", () => {
  const defined = new Set(EMITTED_METRICS.flatMap(storedNames));
  assert.deepEqual(
    Object.keys(metrics).filter((name) => name.startsWith("mcp_") && !defined.has(name)),
    [],
  );
});

test("a legend uses only labels that the query groups by", () => {
  for (const board of boards()) {
    for (const { title, targets = [] } of panelsOf(board)) {
      for (const { expr = "", legendFormat = "" } of targets) {
        const kept = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = ""]) => labels.split(", "));
        const used = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
        assert.deepEqual(
          used.filter((label) => !kept.includes(label)),
          [],
          `${board.uid} "${title}"`,
        );
      }
    }
  }
});
