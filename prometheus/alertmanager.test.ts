/** Which receiver gets each alert, and which alert inhibits which. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { run } from "../test/support/prometheus-program.ts";
import { alerts, read } from "./rule-files.ts";

interface AlertmanagerConfig {
  readonly route: unknown;
  readonly inhibit_rules: readonly {
    readonly source_matchers: readonly string[];
    readonly target_matchers: readonly string[];
    readonly equal: readonly string[];
  }[];
  readonly receivers: readonly Readonly<Record<string, unknown>>[];
}

const FILES = ["alertmanager.yml", "alertmanager.receivers.yml"];
const [local, real]: AlertmanagerConfig[] = FILES.map((file) => parse(read(file)));
const RECEIVERS: Readonly<Record<string, string>> = { page: "page", ticket: "ticket", none: "nobody" };
const ROUTES = [
  ...alerts.map(({ alert, labels }) => ({ alert, severity: labels?.severity ?? "" })),
  { alert: "AnAlertOfNoKnownSeverity", severity: "unheard_of" },
];

for (const file of FILES) {
  test(`amtool accepts ${file}`, (t) => run(t, "amtool", "check-config", file));

  for (const { alert, severity } of ROUTES) {
    const receiver = alert === "Watchdog" ? "watchdog" : (RECEIVERS[severity] ?? "local");
    test(`${file}: ${alert} (${severity}) is routed to ${receiver}`, (t) =>
      run(
        t,
        "amtool",
        ...["config", "routes", "test", `--config.file=${file}`, `--verify.receivers=${receiver}`],
        ...[`alertname=${alert}`, `severity=${severity}`],
      ));
  }
}

test("the file with real receivers differs from the local one in its receivers only", () => {
  assert.deepEqual({ ...real, receivers: [] }, { ...local, receivers: [] });
  assert.deepEqual(
    real?.receivers.map(({ name }) => name),
    local?.receivers.map(({ name }) => name),
  );
});

test("no secret stands in a file: every one is read from a file of its own", () => {
  const text = read("alertmanager.receivers.yml");
  assert.doesNotMatch(text, /\b(api_url|routing_key|service_key|credentials|password|bearer_token):/);
  const mounted = [...text.matchAll(/_file: \/run\/secrets\/(\S+)/g)].map((match) => match[1]);
  const overlay = parse(read("..", "docker-compose.receivers.yml"));
  assert.deepEqual([...new Set(mounted)].sort(), Object.keys(overlay.secrets).sort());
  assert.deepEqual([...overlay.services.alertmanager.secrets].sort(), Object.keys(overlay.secrets).sort());
});

test("the overlay starts Alertmanager as docker-compose.yml does, with the other file", () => {
  const of = (file: string): string[] => parse(read("..", file), { merge: true }).services.alertmanager.command;
  assert.deepEqual(
    of("docker-compose.receivers.yml").map((arg) => arg.replace("alertmanager.receivers.yml", "alertmanager.yml")),
    of("docker-compose.yml"),
  );
});

/** Evaluates one matcher; like Alertmanager, it anchors regular expressions. */
function matches(matcher: string, labels: Readonly<Record<string, string>>): boolean {
  const [, name = "", operator = "", value = ""] = /^(\w+)(=~|!~|=)"(.*)"$/.exec(matcher) ?? [];
  const own = labels[name] ?? "";
  if (operator === "=") return own === value;
  return new RegExp(`^(?:${value})$`).test(own) === (operator === "=~");
}

/** Names of the alerts that are inhibited while `source` fires for the same job. */
function inhibitedBy(source: string): string[] {
  const labelled = alerts.map(({ alert, labels }) => ({ alertname: alert, severity: labels?.severity ?? "" }));
  const firing = labelled.filter(({ alertname }) => alertname === source);
  return labelled
    .filter((target) =>
      local?.inhibit_rules.some(
        ({ source_matchers, target_matchers }) =>
          firing.some((labels) => source_matchers.every((matcher) => matches(matcher, labels))) &&
          target_matchers.every((matcher) => matches(matcher, target)),
      ),
    )
    .map(({ alertname }) => alertname)
    .sort();
}
const alertsWith = (severity: string) =>
  alerts.filter(({ labels }) => labels?.severity === severity).map(({ alert }) => alert);

test("MCPServerDown and MCPServerAbsent inhibit every alert except each other and Watchdog", () => {
  const gone = ["MCPServerDown", "MCPServerAbsent"];
  const symptoms = alerts.map(({ alert }) => alert).filter((name) => ![...gone, "Watchdog"].includes(name));
  for (const source of gone) assert.deepEqual(inhibitedBy(source), symptoms.sort());
});

test("a page inhibits the tickets of its service, and no other page", () => {
  for (const source of ["MCPErrorBudgetBurn", "MCPCircuitBreakerOpen"]) {
    assert.deepEqual(inhibitedBy(source), alertsWith("ticket").sort());
  }
});

test("MCPServerIdle inhibits only MCPServerSilent, and a ticket inhibits nothing", () => {
  assert.deepEqual(inhibitedBy("MCPServerIdle"), ["MCPServerSilent"]);
  for (const source of alertsWith("ticket")) assert.deepEqual(inhibitedBy(source), []);
});

test("an alert inhibits only alerts of the same job", () => {
  for (const { equal } of local?.inhibit_rules ?? []) assert.equal(equal[0], "job");
});
