/** The mutation operators: each makes one change to a rule. The name of a mutant says what it changes. */
import type { Rule } from "../../prometheus/rule-files.ts";

export interface Mutant {
  readonly change: string;
  readonly rule: Rule & { readonly keep_firing_for?: string };
}

const NEGATED: Readonly<Record<string, string>> = { ">": "<=", "<": ">=", ">=": "<", "<=": ">", "==": "!=" };
const OTHER_AGGREGATION: Readonly<Record<string, string>> = { sum: "max", max: "min", avg: "max" };
const OTHER_SET: Readonly<Record<string, string>> = { and: "or", or: "and", unless: "and" };
const OTHER_SEVERITY: Readonly<Record<string, string>> = { page: "ticket", ticket: "page", none: "ticket" };

type Change = readonly [from: string, to: string, at: number];

export function mutantsOf(rule: Mutant["rule"]): Mutant[] {
  const expressions = [
    ...aggregations(rule.expr),
    ...replaced(outsideOfBraces(rule.expr), /(?<= )(>=|<=|==|>|<)(?= )/g, (operator) => [NEGATED[operator]]),
    ...replaced(outsideOfBraces(rule.expr), /\b(and|or|unless)\b/g, (operator) => [OTHER_SET[operator]]),
    ...replaced(outsideOfBraces(rule.expr), /(?<![\w.:[)])\d+(\.\d+)?(?![\w.\]])/g, (number) =>
      Number(number) === 0 ? [] : [String(Number(number) * 2), String(Number(number) / 2)],
    ),
    ...replaced(rule.expr, /(?<=\[)\w+(?=\])|(?<=offset )\w+/g, (range) => [scaled(range, 2), scaled(range, 0.5)]),
    ...matchers(rule.expr),
  ];
  return [
    ...expressions.map(([from, to, at]) => ({
      change: `${from} → ${to || "nothing"}${occurrence(rule.expr, from, at)}`,
      rule: { ...rule, expr: rule.expr.slice(0, at) + to + rule.expr.slice(at + from.length) },
    })),
    ...durations(rule),
    ...labels(rule),
  ];
}

/** Deletes the aggregation, all of its labels, or one of them; or uses another aggregation. */
function aggregations(expr: string): Change[] {
  return [...expr.matchAll(/\b(sum|max|avg) by \(([^)]*)\) /g)].flatMap(
    ({ 0: aggregation, 1: name = "", 2: by = "", index }) => {
      const names = by.split(", ");
      const fewer = names.map((dropped) => names.filter((label) => label !== dropped).join(", "));
      return [
        "",
        `${name} `,
        ...(names.length > 1 ? fewer.map((rest) => `${name} by (${rest}) `) : []),
        `${OTHER_AGGREGATION[name]} by (${by}) `,
      ].map((to): Change => [aggregation, to, index]);
    },
  );
}

/** Deletes a matcher, or changes its value. */
function matchers(expr: string): Change[] {
  return [...expr.matchAll(/\{([^}]*)\}/g)].flatMap(({ 1: inside = "", index }) => {
    const all = inside.match(/\w+(=~|!~|!=|=)"[^"]*"/g) ?? [];
    return all.flatMap((matcher): Change[] => {
      const rest = all.filter((other) => other !== matcher).join(",");
      const at = index + 1;
      return [
        [inside, rest, at],
        [inside, inside.replace(matcher, matcher.replace(/"$/, 'x"')), at],
      ];
    });
  });
}

function durations(rule: Mutant["rule"]): Mutant[] {
  return (["for", "keep_firing_for"] as const).flatMap((key) => {
    const duration = rule[key];
    if (duration === undefined || Number.parseInt(duration, 10) === 0) return [];
    return [scaled(duration, 0.5), "0m"].map((to) => ({
      change: `${key}: ${duration} → ${to}`,
      rule: { ...rule, [key]: to },
    }));
  });
}

function labels(rule: Mutant["rule"]): Mutant[] {
  return Object.entries(rule.labels ?? {}).map(([name, value]) => {
    const to = OTHER_SEVERITY[value] ?? `${value}x`;
    return { change: `label ${name}: ${value} → ${to}`, rule: { ...rule, labels: { ...rule.labels, [name]: to } } };
  });
}

function replaced(expr: string, what: RegExp, by: (found: string) => readonly (string | undefined)[]): Change[] {
  return [...expr.matchAll(what)].flatMap(({ 0: found, index }) =>
    by(found).flatMap((to): Change[] => (to === undefined ? [] : [[found, to, index]])),
  );
}

/** The expression with everything in braces, brackets and quotes blanked out; its length stays the same. */
const outsideOfBraces = (expr: string): string =>
  expr.replace(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"/g, (hidden) => "_".repeat(hidden.length));

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };
const scaled = (duration: string, factor: number): string =>
  `${Number.parseInt(duration, 10) * (SECONDS[duration.at(-1) ?? ""] ?? 0) * factor}s`;

/** Which occurrence of the text was changed, if it occurs more than once. */
function occurrence(expr: string, text: string, at: number): string {
  const before = expr.slice(0, at).split(text).length - 1;
  return expr.split(text).length > 2 ? ` (${before + 1})` : "";
}
