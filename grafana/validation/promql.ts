/** What a PromQL query names that is not captured: metrics, labels that select, labels that cut. */
import { parser } from "@prometheus-io/lezer-promql";
import type { CapturedMetric, CapturedMetrics } from "./captured.ts";
import { type Syntax, type SyntaxNode, syntaxOf, unquoted } from "./syntax.ts";

interface Selector {
  readonly metric: string;
  readonly matchers: ReadonlyMap<string, string>;
}

/** @returns one complaint for each name that nobody exports @throws when it is not PromQL */
export function complaintsAboutPromql(query: string, metrics: CapturedMetrics): readonly string[] {
  const syntax = syntaxOf(query, parser);
  return [
    ...syntax.all(["VectorSelector"]).flatMap((node) => aboutSelector(selectorOf(node, syntax), metrics)),
    ...syntax.all(["GroupingLabels"]).flatMap((node) => aboutCut(node, syntax, metrics)),
  ];
}

function selectorOf(node: SyntaxNode, syntax: Syntax): Selector {
  const matchers = new Map(
    syntax.all(["UnquotedLabelMatcher"], node).map((matcher) => {
      const [label, value] = syntax.all(["LabelName", "StringLiteral"], matcher).map(syntax.text);
      return [label ?? "", unquoted(value ?? "")] as const;
    }),
  );
  const [name] = syntax.all(["Identifier"], node);
  return { metric: name ? syntax.text(name) : (matchers.get("__name__") ?? ""), matchers };
}

function aboutSelector({ metric, matchers }: Selector, metrics: CapturedMetrics): readonly string[] {
  const found = metrics[metric];
  if (found === undefined) return [`metric ${metric} does not exist`];
  const unknown = [...matchers.keys()].filter((label) => label !== "__name__" && !found.labels.includes(label));
  const job = matchers.get("job");
  const elsewhere = job !== undefined && !found.jobs.some((own) => matches(own, job));
  return [
    ...unknown.map((label) => `${metric} has no label ${label}`),
    ...(elsewhere ? [`${metric} does not come from job ${job}`] : []),
  ];
}

const matches = (job: string, pattern: string) => new RegExp(`^(${pattern})$`).test(job);

/** `by (…)`, `on (…)`: each label is one of every metric in the same expression, or made there by label_replace. */
function aboutCut(node: SyntaxNode, syntax: Syntax, metrics: CapturedMetrics): readonly string[] {
  let whole: SyntaxNode = node;
  while (whole.parent !== null && !["AggregateExpr", "BinaryExpr"].includes(whole.name)) whole = whole.parent;
  const inside = syntax.all(["VectorSelector"], whole).map((selector) => selectorOf(selector, syntax).metric);
  const known = inside.flatMap((name) => metrics[name] ?? []);
  const made = new Set([...syntax.text(whole).matchAll(/label_replace\(.*?, "(\w+)"/g)].map(([, label]) => label));
  return syntax.all(["LabelName"], node).flatMap((name) => {
    const label = syntax.text(name);
    const everywhere = known.every(({ labels }: CapturedMetric) => labels.includes(label));
    return everywhere || made.has(label) ? [] : [`${inside.join(", ")}: no label ${label}`];
  });
}
