/** Every query that this project has written down anywhere, with the place it stands in. */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import type { BoardJson } from "../src/board-json.ts";
import { rendered } from "../src/render.ts";
import { exploreQueries, linksIn } from "./links.ts";
import { dataSources, expanded } from "./provisioned.ts";

export type Language = "promql" | "logql" | "traceql";

export interface Written {
  readonly where: string;
  readonly language: Language;
  readonly query: string;
}

const ROOT = join(import.meta.dirname, "../..");
const LANGUAGES = { prometheus: "promql", loki: "logql", tempo: "traceql" } as const;

/** Intervals are the only variables that stand outside a string, where any text will do. */
const filled = (query: string) => query.replace(/\$(__rate_interval|__range|__auto)\b/g, "5m");

export const boards = (): readonly BoardJson[] => rendered().map(({ json }) => JSON.parse(json) as BoardJson);

const ofPanels = (board: BoardJson): readonly Written[] =>
  board.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ refId, datasource, expr, query }) => ({
      where: `${board.uid} "${title}" ${refId}`,
      language: LANGUAGES[datasource.type],
      query: filled(expr ?? query ?? "").replace("> $slower_than", "> 0s"),
    })),
  );

const ofAnnotations = (board: BoardJson): readonly Written[] =>
  board.annotations.list.flatMap(({ name, expr }) =>
    expr === undefined
      ? []
      : [{ where: `${board.uid} annotation "${name}"`, language: "promql" as const, query: expr }],
  );

/** `label_values(metric, label)` is Grafana's: as PromQL, the metric cut by the label. */
const ofVariables = (board: BoardJson): readonly Written[] =>
  board.templating.list.flatMap(({ type, name, query }) => {
    if (type !== "query") return [];
    const [, metric, label] =
      /^label_values\((\w+), (\w+)\)$/.exec(typeof query === "string" ? query : query.query) ?? [];
    return [
      { where: `${board.uid} variable ${name}`, language: "promql" as const, query: `sum by (${label}) (${metric})` },
    ];
  });

const ofLinks = (board: BoardJson): readonly Written[] =>
  linksIn(board).flatMap(({ title, url }) =>
    exploreQueries(url).map(({ datasource, expr, query }) => ({
      where: `${board.uid} link "${title}"`,
      language: LANGUAGES[datasource.type],
      query: expr ?? query ?? "",
    })),
  );

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly annotations?: { readonly dashboard?: string };
}
interface RuleFile {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

const rulesIn = (file: string): readonly Rule[] =>
  (parse(readFileSync(join(ROOT, file), "utf8")) as RuleFile).groups.flatMap(({ rules }) => rules);

const PROMETHEUS_RULES = globSync("prometheus/rules/*.yml", { cwd: ROOT });
const LOKI_RULES = globSync("loki/rules/*.yml", { cwd: ROOT });

const ofRules = (files: readonly string[], language: Language): readonly Written[] =>
  files.flatMap((file) =>
    rulesIn(file).map(({ alert, record, expr }) => ({ where: `${file} ${alert ?? record}`, language, query: expr })),
  );

/** Metrics that rules make, and that exist as soon as the rules do. */
export const recorded = (): readonly string[] =>
  PROMETHEUS_RULES.flatMap((file) => rulesIn(file).flatMap(({ record }) => record ?? []));

/** What every alert says about where to look. */
export const alertAnnotations = () =>
  [...PROMETHEUS_RULES, ...LOKI_RULES].flatMap((file) =>
    rulesIn(file).flatMap(({ alert, annotations }) => (alert === undefined ? [] : [{ alert, ...annotations }])),
  );

const ofRunbooks = (): readonly Written[] =>
  globSync("prometheus/runbooks/*.md", { cwd: ROOT }).flatMap((file) =>
    [...readFileSync(join(ROOT, file), "utf8").matchAll(/```(promql|logql|traceql)\n(.*?)```/gs)].map(
      ([, language, query = ""]) => ({ where: basename(file), language: language as Language, query }),
    ),
  );

/** Links from a span: Grafana fills its tags in. */
const ofDataSources = (): readonly Written[] => {
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

export const writtenQueries = (): readonly Written[] => [
  ...boards().flatMap((board) => [
    ...ofPanels(board),
    ...ofAnnotations(board),
    ...ofVariables(board),
    ...ofLinks(board),
  ]),
  ...ofRules(PROMETHEUS_RULES, "promql"),
  ...ofRules(LOKI_RULES, "logql"),
  ...ofRunbooks(),
  ...ofDataSources(),
];
