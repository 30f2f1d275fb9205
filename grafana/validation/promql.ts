/** Finds names in a PromQL query that were not captured: metrics, labels in selectors, labels in groupings. */
import { parser } from "@prometheus-io/lezer-promql";
import type { CapturedMetric, CapturedMetrics } from "./captured.ts";
import { type Syntax, type SyntaxNode, syntaxOf, unquoted } from "./syntax.ts";

interface Selector {
  readonly metric: string;
  readonly matchers: ReadonlyMap<string, string>;
}

/** @returns one sentence for each unknown name @throws when the query is not PromQL */
export function unknownNamesInPromql(query: string, metrics: CapturedMetrics): readonly string[] {
  const syntax = syntaxOf(query, parser);
  return [
    ...syntax.all(["VectorSelector"]).flatMap((node) => unknownInSelector(selectorOf(node, syntax), metrics)),
    ...syntax.all(["GroupingLabels"]).flatMap((node) => unknownInGrouping(node, syntax, metrics)),
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

function unknownInSelector({ metric, matchers }: Selector, metrics: CapturedMetrics): readonly string[] {
  const found = metrics[metric];
  if (found === undefined) return [`metric ${metric} does not exist`];
  const unknown = [...matchers.keys()].filter((label) => label !== "__name__" && !found.labels.includes(label));
  const job = matchers.get("job");
  const wrongJob = job !== undefined && !found.jobs.some((own) => matches(own, job));
  return [
    ...unknown.map((label) => `${metric} has no label ${label}`),
    ...(wrongJob ? [`${metric} does not come from job ${job}`] : []),
  ];
}

const matches = (job: string, pattern: string) => new RegExp(`^(${pattern})$`).test(job);

/** The labels that `label_replace` and `label_join` make: the first text among their arguments. */
function labelsMadeIn(expression: SyntaxNode, syntax: Syntax): ReadonlySet<string> {
  const calls = syntax
    .all(["FunctionCall"], expression)
    .filter((call) => /^label_(replace|join)\(/.test(syntax.text(call)));
  return new Set(
    calls.flatMap((call) => {
      const own = syntax
        .all(["StringLiteral"], call)
        .find(({ parent }) => parent?.name === "FunctionCallBody" && parent.parent?.from === call.from);
      return own === undefined ? [] : [unquoted(syntax.text(own))];
    }),
  );
}

/**
 * Each label in `by (…)` or `on (…)` must be on every metric of the expression, or be made there. `ignoring (…)` names
 * labels that one side alone may have.
 */
function unknownInGrouping(node: SyntaxNode, syntax: Syntax, metrics: CapturedMetrics): readonly string[] {
  if (/\bignoring\s*$/.test(syntax.before(node))) return [];
  let expression: SyntaxNode = node;
  while (expression.parent !== null && !["AggregateExpr", "BinaryExpr"].includes(expression.name)) {
    expression = expression.parent;
  }
  const names = syntax.all(["VectorSelector"], expression).map((selector) => selectorOf(selector, syntax).metric);
  const known = names.flatMap((name) => metrics[name] ?? []);
  const made = labelsMadeIn(expression, syntax);
  return syntax.all(["LabelName"], node).flatMap((name) => {
    const label = syntax.text(name);
    const everywhere = known.every(({ labels }: CapturedMetric) => labels.includes(label));
    return everywhere || made.has(label) ? [] : [`${names.join(", ")}: no label ${label}`];
  });
}
