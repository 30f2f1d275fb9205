/**
 * Holds the alerting files together: an alert is a rule, tests, a runbook and a route, and none of them may be
 * missing. What needs promtool or amtool is looked for on PATH and in the folders of STACK_BIN, and is skipped
 * with the line to type when it is not there.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { accessSync, constants, globSync, readdirSync, readFileSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { type TestContext, test } from "node:test";
import { parse } from "yaml";
import { CLIENT_METRICS, METRICS, type MetricDefinition, PROBE_METRICS } from "../server/telemetry/conventions.ts";

interface Rule {
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}
interface RuleTests {
  readonly tests: readonly {
    readonly name?: string;
    readonly alert_rule_test?: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly unknown[];
    }[];
  }[];
}
interface PrometheusConfig {
  readonly global: { readonly scrape_interval: string };
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly static_configs?: readonly { readonly targets: readonly string[] }[];
    readonly dns_sd_configs?: readonly { readonly names: readonly string[] }[];
  }[];
}

const here = import.meta.dirname;
const read = (...path: string[]): string => readFileSync(join(here, ...path), "utf8");

const ruleFiles = globSync("rules/*.yml", { cwd: here });
const testFiles = globSync("tests/*.test.yml", { cwd: here });
const config: PrometheusConfig = parse(read("prometheus.yml"));
const rules = ruleFiles.flatMap((file) => {
  const content: RuleFile = parse(read(file));
  return content.groups.flatMap((group) => group.rules);
});
const alerts = rules.flatMap((rule) => (rule.alert === undefined ? [] : [{ ...rule, alert: rule.alert }]));

const SEVERITIES = ["page", "ticket", "none"];
const RUNBOOK_HEADINGS = ["Meaning", "Impact", "Quick checks", "Diagnosis", "Mitigation"];
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };
/** Answers undefined for a compound duration such as 1m30s: shortened windows are rendered from plain ones. */
function seconds(duration: string): number | undefined {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  return count && unit ? Number(count) * (SECONDS[unit] ?? Number.NaN) : undefined;
}

test("an alert without severity, summary, description with its value, runbook or dashboard is refused", () => {
  assert.ok(alerts.length > 0);
  for (const { alert, labels, annotations } of alerts) {
    assert.ok(SEVERITIES.includes(labels?.severity ?? ""), `${alert}: severity is one of ${SEVERITIES.join(", ")}`);
    assert.ok(annotations?.summary, `${alert}: summary`);
    assert.match(annotations?.description ?? "", /\{\{ \$value/, `${alert}: description with its value`);
    assert.match(annotations?.dashboard ?? "", /^\/d\/[a-z0-9-]+/, `${alert}: dashboard`);
    assert.match(annotations?.runbook_url ?? "", /^https:\/\//, `${alert}: runbook_url`);
  }
});

test("every runbook_url has the one base a fork sets and ends in the alert's own runbook", () => {
  const bases = alerts.map(({ alert, annotations }) => {
    const url = annotations?.runbook_url ?? "";
    const file = `/prometheus/runbooks/${alert}.md`;
    assert.ok(url.endsWith(file), `${alert}: ${url} ends in ${file}`);
    return url.slice(0, -file.length);
  });
  assert.equal(new Set(bases).size, 1, `one base, not ${[...new Set(bases)].join(", ")}`);
});

test("every alert has a runbook and every runbook an alert", () => {
  const runbooks = readdirSync(join(here, "runbooks")).map((file) => basename(file, ".md"));
  assert.deepEqual(runbooks.sort(), alerts.map(({ alert }) => alert).sort());
});

test("a runbook says what is wrong, for whom, what to look at in all three signals, and what to do", () => {
  for (const { alert } of alerts) {
    const text = read("runbooks", `${alert}.md`);
    const headings = [...text.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    assert.deepEqual(headings, RUNBOOK_HEADINGS, alert);
    for (const language of ["promql", "logql", "traceql"]) {
      assert.ok(text.includes(`\n\`\`\`${language}\n`), `${alert}: a ${language} query`);
    }
    assert.doesNotMatch(text, /TODO/, alert);
  }
});

test("every alert has a test that it fires and, Watchdog apart, a test that it stays silent", () => {
  for (const { alert } of alerts) {
    const content: RuleTests = parse(read("tests", `${alert}.test.yml`));
    for (const { name } of content.tests) assert.ok(name?.includes(" "), `${alert}: "${name}" is a sentence`);
    const expected = content.tests
      .flatMap((group) => group.alert_rule_test ?? [])
      .filter((entry) => entry.alertname === alert)
      .map((entry) => entry.exp_alerts.length);
    assert.ok(
      expected.some((count) => count > 0),
      `${alert}: fires`,
    );
    assert.ok(alert === "Watchdog" || expected.includes(0), `${alert}: stays silent`);
  }
});

test("every metric in the rules and runbooks is one the project emits", () => {
  const metrics: MetricDefinition[] = [METRICS, CLIENT_METRICS, PROBE_METRICS].flatMap((own) => Object.values(own));
  const known = new Set(metrics.flatMap(({ name, labels }) => [name, ...labels]));
  const queries = [
    ...rules.map((rule) => [rule.alert ?? "rule", rule.expr]),
    ...alerts.flatMap(({ alert }) =>
      [...read("runbooks", `${alert}.md`).matchAll(/```promql\n(.*?)```/gs)].map((match) => [alert, match[1]]),
    ),
  ];
  for (const [where, query = ""] of queries) {
    for (const [name] of query.matchAll(/\bmcp_[a-z_]+/g)) {
      assert.ok(known.has(name) || known.has(name.replace(/_(bucket|sum|count)$/, "")), `${where}: ${name}`);
    }
  }
});

test("ranges and `for` are plain durations, and a range spans at least four scrapes", () => {
  const scrape = seconds(config.global.scrape_interval) ?? Number.NaN;
  for (const rule of rules) {
    for (const [, range = ""] of rule.expr.matchAll(/\[([^\]]+)\]/g)) {
      assert.ok((seconds(range) ?? 0) >= 4 * scrape, `${rule.alert}: [${range}]`);
    }
    assert.notEqual(seconds(rule.for ?? "0s"), undefined, `${rule.alert}: for ${rule.for}`);
  }
});

test("every scrape job is named by the service it scrapes, once", () => {
  const jobs = config.scrape_configs.map((job) => job.job_name);
  assert.equal(new Set(jobs).size, jobs.length);
  for (const job of config.scrape_configs) {
    const targets = job.static_configs?.flatMap((entry) => entry.targets) ?? [];
    const hosts = [...targets.map((target) => target.split(":")[0]), ...(job.dns_sd_configs?.[0]?.names ?? [])];
    assert.deepEqual(hosts, [job.job_name]);
  }
});

const PACKAGES = { promtool: "prometheus", amtool: "prometheus-alertmanager" };

/** Fails with what the program printed; skips the test where the program is absent. */
function run(t: TestContext, program: keyof typeof PACKAGES, ...args: string[]): void {
  const folders = [process.env.STACK_BIN, process.env.PATH].flatMap((list) => list?.split(delimiter) ?? []);
  const path = folders
    .filter(Boolean)
    .map((folder) => join(folder, program))
    .find(executable);
  if (path === undefined) {
    t.skip(`not verified: ${program} is not on PATH; apt-get install ${PACKAGES[program]}`);
    return;
  }
  const { status, stdout, stderr } = spawnSync(path, args, { cwd: here, encoding: "utf8" });
  assert.equal(status, 0, `${program} ${args.join(" ")}\n${stdout}${stderr}`);
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

test("promtool accepts the configuration", (t) => run(t, "promtool", "check", "config", "prometheus.yml"));

test("promtool accepts the rules", (t) => run(t, "promtool", "check", "rules", "--lint-fatal", ...ruleFiles));

for (const file of testFiles) {
  test(`the rules pass ${file}`, (t) => run(t, "promtool", "test", "rules", file));
}

test("amtool accepts the configuration", (t) => run(t, "amtool", "check-config", "alertmanager.yml"));

const ROUTES = [
  ...alerts.map(({ alert, labels }) => ({ alert, severity: labels?.severity ?? "" })),
  { alert: "AnAlertOfNoKnownSeverity", severity: "unheard_of" },
];
for (const { alert, severity } of ROUTES) {
  const receiver = alert === "Watchdog" ? "watchdog" : ["page", "ticket"].includes(severity) ? severity : "local";
  test(`${alert} (${severity}) is routed to ${receiver}`, (t) =>
    run(
      t,
      "amtool",
      ...["config", "routes", "test", "--config.file=alertmanager.yml", `--verify.receivers=${receiver}`],
      ...[`alertname=${alert}`, `severity=${severity}`],
    ));
}
