/** All queries of this project: in boards, links, rules, runbooks and data sources, each with its place. */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { logqlAlerts, type Rule, rules } from "../../prometheus/rule-files.ts";
import { type BoardJson, panelsOf } from "../src/board-json.ts";
import { rendered } from "../src/render.ts";
import { exploreQueries, linksIn } from "./links.ts";
import { dataSources, expanded } from "./provisioned.ts";

export type Language = "promql" | "logql" | "traceql";

export interface PlacedQuery {
  readonly where: string;
  readonly language: Language;
  readonly query: string;
}

const ROOT = join(import.meta.dirname, "../..");
const LANGUAGES = { prometheus: "promql", loki: "logql", tempo: "traceql" } as const;

/** Replaces the interval variables: unlike other variables, they are not inside a string. */
const withIntervals = (query: string) => query.replace(/\$(__rate_interval|__range|__auto)\b/g, "5m");

export const boards = (): readonly BoardJson[] => rendered().map(({ json }) => JSON.parse(json) as BoardJson);

const ofPanels = (board: BoardJson): readonly PlacedQuery[] =>
  panelsOf(board).flatMap(({ title, targets = [] }) =>
    targets
      .filter(({ queryType }) => queryType !== "serviceMap")
      .map(({ refId, datasource, expr, query }) => ({
        where: `${board.uid} "${title}" ${refId}`,
        language: LANGUAGES[datasource.type],
        query: withIntervals(expr ?? query ?? "").replace("> $slower_than", "> 0s"),
      })),
  );

const ofAnnotations = (board: BoardJson): readonly PlacedQuery[] =>
  board.annotations.list.flatMap(({ name, expr }) =>
    expr === undefined
      ? []
      : [{ where: `${board.uid} annotation "${name}"`, language: "promql" as const, query: expr }],
  );

/** Grafana's `label_values(metric, label)`, as the equivalent PromQL. */
const ofVariables = (board: BoardJson): readonly PlacedQuery[] =>
  board.templating.list.flatMap(({ type, name, query }) => {
    if (type !== "query") return [];
    const [, metric, label] =
      /^label_values\((\w+), (\w+)\)$/.exec(typeof query === "string" ? query : query.query) ?? [];
    return [
      { where: `${board.uid} variable ${name}`, language: "promql" as const, query: `sum by (${label}) (${metric})` },
    ];
  });

const ofLinks = (board: BoardJson): readonly PlacedQuery[] =>
  linksIn(board).flatMap(({ title, url }) =>
    exploreQueries(url).map(({ datasource, expr, query }) => ({
      where: `${board.uid} link "${title}"`,
      language: LANGUAGES[datasource.type],
      query: expr ?? query ?? "",
    })),
  );

const ofRules = (rules: readonly Rule[], language: Language): readonly PlacedQuery[] =>
  rules.map(({ alert, record, expr }) => ({ where: `rule ${alert ?? record}`, language, query: expr }));

const ofRunbooks = (): readonly PlacedQuery[] =>
  globSync("prometheus/runbooks/*.md", { cwd: ROOT }).flatMap((file) =>
    [...readFileSync(join(ROOT, file), "utf8").matchAll(/```(promql|logql|traceql)\n(.*?)```/gs)].map(
      ([, language, query = ""]) => ({ where: basename(file), language: language as Language, query }),
    ),
  );

/** The queries of the links from a span, with its tags filled in. */
const ofDataSources = (): readonly PlacedQuery[] => {
  const { tracesToLogsV2: logs, tracesToMetrics: metrics } = dataSources().tempo.jsonData;
  const selector = (tags: readonly { value: string }[]) => tags.map(({ value }) => `${value}="mcp-server"`).join(", ");
  return [
    { where: "tracesToLogsV2", language: "logql", query: expanded(logs.query, { __tags: selector(logs.tags) }) },
    ...metrics.queries.map(({ name, query }) => ({
      where: `tracesToMetrics "${name}"`,
      language: "promql" as const,
      query: expanded(query, { __tags: selector(metrics.tags) }),
    })),
  ];
};

export const allQueries = (): readonly PlacedQuery[] => [
  ...boards().flatMap((board) => [
    ...ofPanels(board),
    ...ofAnnotations(board),
    ...ofVariables(board),
    ...ofLinks(board),
  ]),
  ...ofRules(rules, "promql"),
  ...ofRules(logqlAlerts, "logql"),
  ...ofRunbooks(),
  ...ofDataSources(),
];
