/** Every runbook is complete: it says what to do first, its queries parse and its links lead to files. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { parser as logql } from "@grafana/lezer-logql";
import { parser as traceql } from "@grafana/lezer-traceql";
import type { LRParser } from "@lezer/lr";
import { parser as promql } from "@prometheus-io/lezer-promql";
import { EMITTED_METRICS } from "../grafana/validation/emitted-metrics.ts";
import { alerts, HERE, logqlAlerts, read, rules } from "./rule-files.ts";

const HEADINGS = ["Meaning", "Do now", "Impact", "Quick checks", "Diagnosis", "Mitigation"];
const PARSERS: Readonly<Record<string, LRParser>> = { promql, logql, traceql };

/** The syntax nodes of a query, with their text. @throws at the position where the query does not parse */
function parsed(language: string, query: string): { readonly node: string; readonly text: string }[] {
  const parser = PARSERS[language] ?? assert.fail(`no parser for ${language}`);
  const nodes: { node: string; text: string }[] = [];
  parser.parse(query).iterate({
    enter({ type, from, to }) {
      assert.ok(!type.isError, `${language}, at character ${from}: ${query}`);
      nodes.push({ node: type.name, text: query.slice(from, to) });
    },
  });
  return nodes;
}

const queriesOf = (alert: string, language: string): string[] =>
  [...read("runbooks", `${alert}.md`).matchAll(new RegExp(`\`\`\`${language}\n(.*?)\n\`\`\``, "gs"))].map(
    (match) => match[1] ?? "",
  );

test("every alert has a runbook and every runbook an alert", () => {
  const runbooks = readdirSync(join(HERE, "runbooks")).map((file) => basename(file, ".md"));
  assert.deepEqual(runbooks.sort(), alerts.map(({ alert }) => alert).sort());
});

for (const { alert } of alerts) {
  test(`${alert}: the runbook says what the alert means, what to do, and what to look at in all three signals`, () => {
    const text = read("runbooks", `${alert}.md`);
    assert.ok(text.startsWith(`# ${alert}\n`));
    const headings = [...text.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    assert.deepEqual(headings, HEADINGS);
    assert.doesNotMatch(text, /TODO/);
    for (const language of Object.keys(PARSERS)) {
      const queries = queriesOf(alert, language);
      assert.ok(queries.length > 0, `there is no ${language} query`);
      for (const query of queries) parsed(language, query);
    }
  });

  test(`${alert}: every link in the runbook leads to a file`, () => {
    for (const [, link = ""] of read("runbooks", `${alert}.md`).matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      assert.ok(existsSync(join(HERE, "runbooks", link)), link);
    }
  });
}

test("every LogQL rule parses", () => {
  for (const { expr } of logqlAlerts) parsed("logql", expr);
});

test("a query that does not parse is reported", () => {
  assert.throws(() => parsed("promql", "sum by (rate(x[5m])"), /promql, at character/);
  assert.throws(() => parsed("logql", '{a="b" | json'), /logql, at character/);
  assert.throws(() => parsed("traceql", "{ status = }"), /traceql, at character/);
});

test("every mcp_ metric in rules and runbooks is emitted or recorded", () => {
  const known = new Set([...EMITTED_METRICS.map(({ name }) => name), ...rules.flatMap(({ record }) => record ?? [])]);
  const queries = [
    ...rules.map((rule) => [rule.alert ?? rule.record, rule.expr] as const),
    ...alerts.flatMap(({ alert }) => queriesOf(alert, "promql").map((query) => [alert, query] as const)),
  ];
  for (const [where, query] of queries) {
    for (const { node, text } of parsed("promql", query)) {
      if (node !== "Identifier" || !/(^|:)mcp_|^slo:/.test(text)) continue;
      assert.ok(known.has(text) || known.has(text.replace(/_(bucket|sum|count)$/, "")), `${where}: ${text}`);
    }
  }
});
