/** The native form of the real compose file and the configuration it mounts. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { composeProject } from "../settings/compose-files.ts";
import { ROOT, stackVariables } from "../settings/environment.ts";
import { Addresses } from "./addresses.ts";
import { nativePrometheus } from "./discovery.ts";
import { renderService } from "./render.ts";
import { nativeServices } from "./services.ts";
import { STOP_MS } from "./stack.ts";

const directory = mkdtempSync(join(tmpdir(), "render-"));

function rendered(
  name: string,
  own: Record<string, string> = {},
  present = nativeServices(stackVariables({})).map((service) => service.name),
) {
  const variables = { ...stackVariables({}), ...own };
  return renderService(name, {
    variables,
    addresses: new Addresses(variables),
    directory,
    present: new Set(present),
    logFile: (service) => `/logs/${service}.log`,
  });
}

const fileNamed = (files: Readonly<Record<string, string>>, end: string): string =>
  Object.entries(files).find(([path]) => path.endsWith(end))?.[1] ?? assert.fail(`${end} was not rendered`);

for (const { name } of nativeServices(stackVariables({}))) {
  test(`${name}: no container path, name or address is left`, () => {
    const { args, environment, files } = rendered(name);
    const everything = JSON.stringify({ args, environment, files });
    const left = /0\.0\.0\.0|dns_sd_configs|docker_sd_configs|\$\{[A-Z]|\/\/(?!localhost)[a-z-]+:\d/.exec(everything);
    assert.equal(left?.[0], undefined);
  });
}

test("DNS discovery becomes a static target at the port that its variable sets", () => {
  const { files } = rendered("prometheus", { METRICS_PORT: "19464" });
  const { scrape_configs } = parse(fileNamed(files, "/prometheus.yml"));
  assert.deepEqual(scrape_configs[0], {
    job_name: "mcp-server",
    static_configs: [{ targets: ["127.0.0.1:19464"], labels: { instance: "mcp-server" } }],
  });
});

test("the probe gets the server's native address, and listens on the port of its variable", () => {
  const { environment, files } = rendered("probe", { MCP_PORT: "13001", PROBE_PORT: "19466" });
  const { targets } = parse(fileNamed(files, "/targets.yml"));
  assert.equal(targets[0].url, "http://127.0.0.1:13001/mcp");
  assert.equal(environment.METRICS_PORT, "19466");
  assert.ok(Object.keys(files).includes(environment.PROBE_TARGETS_FILE ?? ""));
  const approved = readFileSync(join(ROOT, "deploy/services/probe/approved.json"), "utf8");
  assert.equal(
    files[environment.PROBE_APPROVED_FILE ?? ""],
    approved,
    "what is approved names no address of this machine",
  );
});

test("a service that does not run is not scraped", () => {
  const { files } = rendered("prometheus", {}, ["prometheus", "mcp-server"]);
  const { scrape_configs } = parse(fileNamed(files, "/prometheus.yml"));
  assert.deepEqual(
    scrape_configs.map(({ job_name }: { job_name: string }) => job_name),
    ["mcp-server", "prometheus"],
  );
});

test("a job for an address that is none of a service stays", () => {
  const jobs = [
    {
      job_name: "weather",
      static_configs: [{ targets: ["127.0.0.1:9470", "localhost:9471", "weather.example.com:80"] }],
    },
    { job_name: "loki", static_configs: [{ targets: ["loki:3100"] }] },
    { job_name: "alloy", dns_sd_configs: [{ names: ["alloy"], port: 12345 }] },
  ];
  assert.deepEqual(nativePrometheus({ scrape_configs: jobs }, new Set()), { scrape_configs: [jobs[0]] });
});

test("the fast form shortens rules and scrapes, and nothing else", () => {
  const { files } = rendered("prometheus", { STACK_FAST: "1" });
  assert.equal(parse(fileNamed(files, "/prometheus.yml")).global.scrape_interval, "1500ms");
  assert.match(fileNamed(files, "/rules/tools.yml"), /\[30s\]/);
  assert.match(fileNamed(rendered("prometheus").files, "/rules/tools.yml"), /\[5m\]/);
});

test("the fast form shortens Loki's rules, and not how long it keeps lines", () => {
  const { files } = rendered("loki", { STACK_FAST: "1" });
  assert.match(fileNamed(files, "/rules/fake/alerts.yml"), /\[30s\]/);
  assert.match(fileNamed(rendered("loki").files, "/rules/fake/alerts.yml"), /\[5m\]/);
  assert.equal(parse(fileNamed(files, "/loki.yml")).limits_config.retention_period, "168h");
});

test("Promtail tails log files through the same stages that it uses for containers", () => {
  const { files } = rendered("promtail");
  const { scrape_configs } = parse(fileNamed(files, "/promtail.yml"));
  assert.deepEqual(scrape_configs[0].static_configs[0].labels, {
    service_name: "mcp-server",
    container: "mcp-server",
    __path__: "/logs/mcp-server.log",
  });
  const stages = Object.assign({}, ...scrape_configs[0].pipeline_stages);
  assert.equal(stages.timestamp.source, "time");
  assert.deepEqual(Object.keys(stages.structured_metadata), [
    "trace_id",
    "span_id",
    "session_id",
    "tool_name",
    "replica",
  ]);
});

test("paths of the container are folders below this one, flags and files alike", () => {
  const { args, files } = rendered("loki");
  const root = join(directory, "root", "loki");
  assert.deepEqual(args, [`-config.file=${root}/etc/loki/loki.yml`]);
  const loki = parse(fileNamed(files, "/loki.yml"));
  assert.equal(loki.common.path_prefix, `${root}/loki`);
  assert.equal(loki.ruler.storage.local.directory, `${root}/etc/loki/rules`);
});

test("a service starts after those that it depends on, whichever compose file says so", () => {
  const variables = stackVariables({});
  const project = composeProject(variables);
  const names = nativeServices(variables).map(({ name }) => name);
  for (const [at, name] of names.entries()) {
    for (const needed of Object.keys(project.services[name]?.depends_on ?? {})) {
      assert.ok(!names.includes(needed) || names.indexOf(needed) < at, `${needed} before ${name}`);
    }
  }
});

test("a file that COMPOSE_FILE adds changes the services of the others", () => {
  const files = { COMPOSE_FILE: "docker-compose.yml:docker-compose.receivers.yml" };
  const { args, files: written } = rendered("alertmanager", files);
  assert.ok(args.some((arg) => arg.endsWith("/alertmanager.receivers.yml")));
  assert.ok(!args.some((arg) => arg.endsWith("/alertmanager.yml")));
  const receivers = fileNamed(written, "/alertmanager.receivers.yml");
  assert.match(receivers, new RegExp(`${ROOT}.secrets/webhook-token`));
  assert.doesNotMatch(receivers, /\/run\/secrets/);
});

test("an invalid port is refused with the name of its variable", () => {
  assert.throws(() => rendered("loki", { LOKI_PORT: "many" }), /LOKI_PORT: expected a port/);
});

test("a process has as long to stop as the container that has longest", () => {
  const periods = Object.values(composeProject(stackVariables({})).services).map(({ stop_grace_period = "10s" }) =>
    Number(/^(\d+)s$/.exec(stop_grace_period)?.[1] ?? assert.fail(stop_grace_period)),
  );
  assert.equal(STOP_MS, Math.max(...periods) * 1000);
});
