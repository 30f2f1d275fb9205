/** Every alert has a rule, unit tests, a runbook and a drill. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { stackVariables } from "../deploy/stack/settings/environment.ts";
import { DRILLS, NOT_DRILLED } from "../dev/drill/drills.ts";
import { run } from "../test/support/prometheus-program.ts";
import {
  alerts,
  logqlAlerts,
  promqlAlerts,
  read,
  ruleFiles,
  rules,
  rulesOf,
  testFiles,
  testsOf,
} from "./rule-files.ts";

interface PrometheusConfig {
  readonly global: { readonly scrape_interval: string };
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly static_configs?: readonly { readonly targets: readonly string[] }[];
    readonly dns_sd_configs?: readonly { readonly names: readonly string[] }[];
  }[];
}

const config: PrometheusConfig = parse(read("prometheus.yml"));
const SEVERITIES = ["page", "ticket", "none"];
/** These fire because something is so, not because a number is high: their descriptions need no value. */
const WITHOUT_VALUE = ["Watchdog", "MCPServerAbsent", "MCPProbeAbsent", "MCPServerSilent"];
/** These alert on absence: they fire without data. */
const ABSENCE = ["Watchdog", "MCPServerAbsent", "MCPProbeAbsent"];
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };
/** Answers undefined for a compound duration such as 1m30s: shortened windows are rendered from plain ones. */
function seconds(duration: string): number | undefined {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  return count && unit ? Number(count) * (SECONDS[unit] ?? Number.NaN) : undefined;
}

test("every alert has a severity, a summary, a description with its value and a dashboard", () => {
  assert.ok(alerts.length > 0);
  for (const { alert, labels, annotations } of alerts) {
    assert.ok(SEVERITIES.includes(labels?.severity ?? ""), `${alert}: severity is one of ${SEVERITIES.join(", ")}`);
    assert.ok(annotations?.summary, `${alert}: summary`);
    assert.match(annotations?.description ?? "", /\.$/, `${alert}: description, as a sentence`);
    if (!WITHOUT_VALUE.includes(alert)) {
      assert.match(annotations?.description ?? "", /\{\{ \$value/, `${alert}: description with its value`);
    }
    assert.match(annotations?.dashboard ?? "", /^\/d\/[a-z0-9-]+/, `${alert}: dashboard`);
  }
});

test("every runbook_url points to the alert's own runbook under RUNBOOKS_URL of .env", () => {
  const { RUNBOOKS_URL } = stackVariables({});
  for (const { alert, annotations } of alerts) {
    assert.equal(annotations?.runbook_url, `${RUNBOOKS_URL}/${alert}.md`, "make runbook-links");
  }
});

test("every alert has tests that it fires, waits, stays silent, and of what it does without data", () => {
  for (const { alert, for: duration = "0m" } of promqlAlerts) {
    const { tests } = testsOf(`tests/${alert}.test.yml`);
    for (const { name } of tests) assert.ok(name?.includes(" "), `${alert}: "${name}" is a sentence`);
    const expected = tests
      .flatMap((group) => group.alert_rule_test ?? [])
      .filter((entry) => entry.alertname === alert)
      .map((entry) => entry.exp_alerts.length);
    assert.ok(
      expected.some((count) => count > 0),
      `${alert}: fires`,
    );
    if (alert === "Watchdog") continue;
    assert.ok(expected.includes(0), `${alert}: stays silent`);
    const names = tests.map(({ name }) => name ?? "");
    const without = ABSENCE.includes(alert) ? "No data at all fires" : "No data stays silent";
    assert.ok(names.includes(without), `${alert}: ${without}`);
    if (seconds(duration) !== 0) {
      assert.ok(
        names.some((name) => /not before/.test(name)),
        `${alert}: silent just before its time`,
      );
    }
  }
});

test("every LogQL alert is tested on a real Loki", () => {
  const text = read("..", "loki", "alerting.test.ts");
  for (const { alert } of logqlAlerts) assert.ok(text.includes(`fires("${alert}")`), alert);
});

test("every recording rule has a test of its value", () => {
  const expressions = testFiles
    .flatMap((file) => testsOf(file).tests.flatMap((group) => group.promql_expr_test ?? []))
    .map(({ expr }) => expr);
  for (const { record } of rules) {
    if (record !== undefined) {
      assert.ok(
        expressions.some((expr) => expr.includes(record)),
        record,
      );
    }
  }
});

test("every alert has a drill, or a reason for having none", () => {
  const drilled = [...DRILLS.map(({ alert }) => alert), ...Object.keys(NOT_DRILLED)];
  assert.deepEqual(drilled.sort(), alerts.map(({ alert }) => alert).sort());
});

test("every range and `for` has one unit, and a range covers at least four scrapes", () => {
  const scrape = seconds(config.global.scrape_interval) ?? Number.NaN;
  for (const rule of [...rules, ...logqlAlerts]) {
    const name = rule.alert ?? rule.record;
    for (const [, range = "", step = "1m"] of rule.expr.matchAll(/\[([^\]:]+)(?::([^\]]+))?\]/g)) {
      assert.ok((seconds(range) ?? 0) >= 4 * scrape, `${name}: [${range}]`);
      assert.notEqual(seconds(step), undefined, `${name}: step ${step}`);
    }
    assert.notEqual(seconds(rule.for ?? "0s"), undefined, `${name}: for ${rule.for}`);
  }
});

test("every scrape job has the name of the service that it scrapes", () => {
  const jobs = config.scrape_configs.map((job) => job.job_name);
  assert.equal(new Set(jobs).size, jobs.length);
  for (const job of config.scrape_configs) {
    const targets = job.static_configs?.flatMap((entry) => entry.targets) ?? [];
    const hosts = [...targets.map((target) => target.split(":")[0]), ...(job.dns_sd_configs?.[0]?.names ?? [])];
    assert.deepEqual(hosts, [job.job_name]);
  }
});

test("no alert is defined twice", () => {
  const names = ruleFiles.flatMap((file) => rulesOf(file).flatMap(({ alert }) => alert ?? []));
  assert.equal(new Set(names).size, names.length);
});

test("promtool accepts the configuration", (t) => run(t, "promtool", "check", "config", "prometheus.yml"));

test("promtool accepts the rules", (t) => run(t, "promtool", "check", "rules", "--lint-fatal", ...ruleFiles));

for (const file of testFiles) {
  test(`the rules pass ${file}`, (t) => run(t, "promtool", "test", "rules", file));
}
