/**
 * Nothing that is asked for is missing: each query that is written down anywhere is in its language, and each metric,
 * label, field and attribute in it is one that the running stack exported (`make capture`). This ends "No data".
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CLIENT_METRICS, METRICS, type MetricDefinition, PROBE_METRICS } from "../../server/telemetry/conventions.ts";
import { captured } from "./captured.ts";
import { complaintsAboutLogql } from "./logql.ts";
import { complaintsAboutPromql } from "./promql.ts";
import { boards, recorded, type Written, writtenQueries } from "./queries.ts";
import { complaintsAboutTraceql } from "./traceql.ts";

const { metrics, logs, traces } = captured();
const SCRAPED = ["instance", "job"];
const definitions: readonly MetricDefinition[] = [METRICS, CLIENT_METRICS, PROBE_METRICS].flatMap((own) =>
  Object.values(own),
);
const storedNames = ({ name, type }: MetricDefinition) =>
  type === "histogram" ? ["bucket", "count", "sum"].map((part) => `${name}_${part}`) : [name];

/** What is captured; a metric that is only announced has the labels that it is defined with. */
const known = Object.fromEntries(
  Object.entries(metrics).map(([name, metric]) => {
    const defined = definitions.find((definition) => definition.name === name)?.labels ?? [];
    return [name, metric.announced ? { ...metric, labels: [...defined, ...SCRAPED] } : metric];
  }),
);

const complaintsAbout = ({ language, query }: Written): readonly string[] => {
  if (language === "promql") return complaintsAboutPromql(query, known).filter((text) => !aboutRecorded(text));
  return language === "logql" ? complaintsAboutLogql(query, logs) : complaintsAboutTraceql(query, traces);
};
const rules = recorded();
const aboutRecorded = (complaint: string) => rules.some((name) => complaint === `metric ${name} does not exist`);

for (const language of ["promql", "logql", "traceql"] as const) {
  const queries = writtenQueries().filter((written) => written.language === language);

  test(`every name in the ${queries.length} ${language} queries of boards, links, rules and runbooks exists`, () => {
    assert.ok(queries.length > 5, "where did they go?");
    const problems = queries.flatMap((written) => {
      try {
        return complaintsAbout(written).map((text) => `${written.where}: ${text}`);
      } catch (error) {
        return `${written.where}: not ${language}: ${error instanceof Error ? error.message : error}`;
      }
    });
    assert.deepEqual(problems, []);
  });
}

test("every metric of the conventions was seen on a running stack, with no label that it is not defined with", () => {
  for (const definition of definitions) {
    for (const name of storedNames(definition)) {
      const seen = metrics[name];
      assert.ok(seen, `${name} was not captured: renamed? never emitted? make up smoke capture`);
      const labels = [...definition.labels, ...SCRAPED, ...(name.endsWith("_bucket") ? ["le"] : [])];
      assert.deepEqual(
        seen.labels.filter((label) => !labels.includes(label)),
        [],
        name,
      );
    }
  }
});

test("every metric under mcp_ that was seen is one of the conventions", () => {
  const defined = new Set(definitions.flatMap(storedNames));
  assert.deepEqual(
    Object.keys(metrics).filter((name) => name.startsWith("mcp_") && !defined.has(name)),
    [],
  );
});

test("a legend is made of labels that the query keeps", () => {
  for (const { uid, panels } of boards()) {
    for (const { title, targets = [] } of panels) {
      for (const { expr = "", legendFormat = "" } of targets) {
        const kept = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = ""]) => labels.split(", "));
        const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
        assert.deepEqual(
          shown.filter((label) => !kept.includes(label)),
          [],
          `${uid} "${title}"`,
        );
      }
    }
  }
});
