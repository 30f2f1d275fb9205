/** Promtail and Alloy send the same lines with the same labels; `COMPOSE_PROFILES` selects one of them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { stackVariables } from "../deploy/stack/settings/environment.ts";

const read = (path: string): string => readFileSync(join(import.meta.dirname, "..", path), "utf8");

const alloy = read("loki/config.alloy");
const promtail = parse(read("loki/promtail.yml"));
const [docker] = promtail.scrape_configs;
const stages: readonly Record<string, object>[] = docker.pipeline_stages;
const { services } = parse(read("docker-compose.yml"), { merge: true });

/** The text between the braces of a block or map. */
const inside = (name: string): string =>
  new RegExp(`\\b${name.replaceAll(".", "\\.")}\\b[^{]*\\{([^{}]*(?:\\{[^}]*\\})?[^}]*)\\}`).exec(alloy)?.[1] ?? "";

const keys = (text: string): string[] => [...text.matchAll(/(\w+)\s*=\s*""/g)].map(([, name = ""]) => name);

const stage = (name: string): string[] => Object.keys(stages.find((each) => name in each)?.[name] ?? {});

test("both extract the same fields of a line, as the same labels and structured metadata", () => {
  assert.deepEqual(keys(inside("stage.json")), Object.keys(stages[0]?.json?.["expressions" as never] ?? {}));
  assert.deepEqual(keys(inside("stage.labels")), stage("labels"));
  assert.deepEqual(keys(inside("stage.structured_metadata")), stage("structured_metadata"));
  assert.ok(stage("structured_metadata").length > 0);
});

test("both give a line the time that it has", () => {
  const { source, format, action_on_failure } = Object.assign({}, ...stages).timestamp;
  assert.equal(source, "time");
  assert.match(
    inside("stage.timestamp"),
    new RegExp(`source += "${source}"\\s+format += "${format}"\\s+action_on_failure += "${action_on_failure}"`),
  );
});

test("lines that come by OTLP have the same labels and structured metadata", () => {
  const { log_attributes } = parse(read("loki/loki.yml")).limits_config.otlp_config;
  const attributes = (wanted: string): string[] =>
    log_attributes.find(({ action }: { action: string }) => action === wanted).attributes;
  assert.deepEqual(attributes("index_label"), stage("labels"));
  assert.deepEqual(["trace_id", "span_id", ...attributes("structured_metadata")], stage("structured_metadata"));
});

test("both select containers by the same label, and set the same target labels", () => {
  const [{ host, filters }] = docker.docker_sd_configs;
  assert.match(inside("discovery.docker"), new RegExp(`host\\s*= "${host}"`));
  assert.match(inside("filter"), new RegExp(`"${filters[0].name}"[\\s\\S]*"${filters[0].values[0]}"`));
  const relabelled: readonly { source_labels: string[]; target_label?: string }[] = docker.relabel_configs;
  const wanted = relabelled.flatMap(({ source_labels, target_label }) =>
    target_label === undefined ? [] : [[source_labels[0], target_label]],
  );
  const rules = [...alloy.matchAll(/source_labels = \["(\w+)"\]\s+target_label +?= "(\w+)"/g)];
  assert.deepEqual(
    rules.map(([, source, target]) => [source, target]),
    wanted,
  );
});

test("the lines that were read have one name in Prometheus, whoever read them, and where", () => {
  const renamed = parse(read("prometheus/prometheus.yml")).scrape_configs.flatMap(
    ({ metric_relabel_configs = [] }: { metric_relabel_configs?: { regex: string; replacement: string }[] }) =>
      metric_relabel_configs.map(({ regex, replacement }) => [regex, replacement]),
  );
  for (const name of ["promtail_docker_target_entries_total", "loki_source_docker_target_entries_total"]) {
    assert.equal(Object.fromEntries(renamed)[name], "promtail_read_lines_total");
  }
});

test("both retry a batch for the same time", () => {
  const { url, backoff_config } = promtail.clients[0];
  const endpoint = inside("endpoint");
  assert.match(endpoint, new RegExp(`url\\s+= "${url}"`));
  assert.match(endpoint, new RegExp(`min_backoff_period\\s+= "${backoff_config.min_period}"`));
  assert.match(endpoint, new RegExp(`max_backoff_period\\s+= "${backoff_config.max_period}"`));
  assert.match(endpoint, new RegExp(`max_backoff_retries\\s+= ${backoff_config.max_retries}`));
});

test("each profile runs one shipper, and the socket proxy accepts that one", () => {
  const inProfile = (profile: string): string[] =>
    Object.keys(services).filter((name) => services[name].profiles?.includes(profile));
  assert.deepEqual(inProfile("promtail"), ["promtail"]);
  assert.deepEqual(inProfile("alloy"), ["alloy"]);
  assert.equal(stackVariables({}).COMPOSE_PROFILES, "promtail");
  assert.match(services["socket-proxy"].command.join("\n"), /^-allowfrom=\$\{COMPOSE_PROFILES\}$/m);
});
