/** Reads the rules of Prometheus and Loki, and the unit tests of Prometheus' rules. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}
export interface RuleTests {
  readonly rule_files: readonly string[];
  readonly tests: readonly {
    readonly name?: string;
    readonly alert_rule_test?: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly unknown[];
    }[];
    readonly promql_expr_test?: readonly { readonly expr: string }[];
  }[];
}
export type Alert = Rule & { readonly alert: string };

export const HERE = import.meta.dirname;
export const read = (...path: string[]): string => readFileSync(join(HERE, ...path), "utf8");

export const ruleFiles = globSync("rules/*.yml", { cwd: HERE }).sort();
export const testFiles = globSync("tests/*.test.yml", { cwd: HERE }).sort();
const LOKI_RULES = join("..", "loki", "rules", "alerts.yml");

export const rulesOf = (file: string): Rule[] => {
  const content: RuleFile = parse(read(file));
  return content.groups.flatMap((group) => group.rules);
};
export const testsOf = (file: string): RuleTests => parse(read(file));

const alertsAmong = (rules: readonly Rule[]): Alert[] =>
  rules.flatMap((rule) => (rule.alert === undefined ? [] : [{ ...rule, alert: rule.alert }]));

/** Evaluated by Prometheus. */
export const rules: readonly Rule[] = ruleFiles.flatMap(rulesOf);
export const promqlAlerts: readonly Alert[] = alertsAmong(rules);
/** Evaluated by Loki's ruler. */
export const logqlAlerts: readonly Alert[] = alertsAmong(rulesOf(LOKI_RULES));
export const alerts: readonly Alert[] = [...promqlAlerts, ...logqlAlerts];
