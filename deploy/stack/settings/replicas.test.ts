/** One service becomes several, behind a router: in compose, natively, for HAProxy and for Prometheus. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parse } from "yaml";
import { Addresses } from "../native/addresses.ts";
import { findProgram, howToGet } from "../native/programs.ts";
import { type RenderedService, renderService } from "../native/render.ts";
import { nativeServices } from "../native/services.ts";
import { composeProject } from "./compose-files.ts";
import { ROOT, stackVariables } from "./environment.ts";
import { loopbackOf, replicaNames, routerConfiguration, serviceOf } from "./replicas.ts";
import { readYaml } from "./yaml.ts";

const variables = { ...stackVariables({}), REPLICAS: "3" };
const SERVER = "mcp-server";
const REPLICAS = [0, 1, 2].map((number) => `${SERVER}-${number}`);
const directory = mkdtempSync(join(tmpdir(), "replicas-"));
after(() => rmSync(directory, { recursive: true }));

const rendered = (name: string): RenderedService =>
  renderService(name, {
    variables,
    addresses: new Addresses(variables),
    directory,
    present: new Set(nativeServices(variables).flatMap((service) => [service.name, serviceOf(service.name)])),
    logFile: (service) => `/logs/${service}.log`,
  });

const fileNamed = (name: string, end: string): string =>
  Object.entries(rendered(name).files).find(([path]) => path.endsWith(end))?.[1] ?? assert.fail(`${name}: ${end}`);

test("one replica is the server as it is, and needs no router", () => {
  for (const REPLICAS of ["", "1"]) {
    assert.deepEqual(replicaNames({ REPLICAS }), []);
    assert.ok(!("router" in composeProject({ ...variables, REPLICAS }).services));
  }
});

test("a number of replicas that cannot be used is refused", () => {
  for (const REPLICAS of ["0", "51", "three", "-1", "1.5"]) {
    assert.throws(() => replicaNames({ REPLICAS }), /REPLICAS: expected a whole number from 1 to 50/);
  }
});

test("one service builds the image, however many replicas there are, and no service asks a registry for it", () => {
  for (const REPLICAS of ["1", "3"]) {
    const services = Object.entries(composeProject({ ...variables, REPLICAS }).services);
    const ours = services.filter(([, { image }]) => image?.endsWith(":local"));
    assert.ok(ours.length > 4);
    assert.equal(ours.filter(([, { build }]) => build !== undefined).length, 1);
    assert.ok(ours.every(([, { pull_policy }]) => pull_policy === "never"));
  }
});

test("three replicas are three services with the server's settings, each with its name and its own loopback address", () => {
  const { services } = composeProject(variables);
  const { services: usual } = composeProject({ ...variables, REPLICAS: "1" });
  assert.equal(services[SERVER], undefined);
  for (const [number, name] of REPLICAS.entries()) {
    const { environment, ports, command } = services[name] ?? assert.fail(name);
    assert.deepEqual(command, usual[SERVER]?.command);
    assert.equal(environment?.MCP_REPLICA, name);
    assert.ok(environment?.METRICS_ALLOWED_HOSTS?.split(",").includes(name));
    assert.equal(loopbackOf(name), `127.0.0.${11 + number}`);
    assert.ok(ports?.every((port) => port.startsWith(`${loopbackOf(name)}:`)));
  }
});

test("the router waits for every replica, and who waited for the server waits for the router", () => {
  const { services } = composeProject(variables);
  assert.deepEqual(Object.keys(services.router?.depends_on ?? {}), REPLICAS);
  for (const [name, { depends_on = {} }] of Object.entries(services)) {
    const before = composeProject({ ...variables, REPLICAS: "1" }).services[name]?.depends_on ?? {};
    assert.ok(!(SERVER in depends_on));
    assert.equal("router" in depends_on, SERVER in before, name);
  }
});

test("natively each replica listens on its own address, and the server's name leads to the router", () => {
  const addresses = new Addresses(variables);
  assert.equal(addresses.localised(`${SERVER}:3001`), "127.0.0.1:3001");
  for (const name of REPLICAS) {
    assert.equal(rendered(name).environment.MCP_HOST, loopbackOf(name));
    assert.equal(rendered(name).environment.METRICS_HOST, loopbackOf(name));
    assert.equal(addresses.localised(`${name}:9464`), `${loopbackOf(name)}:9464`);
  }
});

test("Prometheus scrapes each replica, and its name is the label instance", () => {
  const { scrape_configs } = parse(fileNamed("prometheus", "/prometheus.yml"));
  assert.deepEqual(scrape_configs[0], {
    job_name: SERVER,
    static_configs: REPLICAS.map((name) => ({ targets: [`${loopbackOf(name)}:9464`], labels: { instance: name } })),
  });
  assert.ok(scrape_configs.some(({ job_name }: { job_name: string }) => job_name === "router"));
});

test("the lines of every replica have the name of the service, natively and in containers", () => {
  const { scrape_configs } = parse(fileNamed("promtail", "/promtail.yml"));
  const labels = scrape_configs[0].static_configs.map(({ labels: each }: { labels: Record<string, string> }) => each);
  const own = labels.filter(({ service_name }: { service_name: string }) => service_name === SERVER);
  assert.deepEqual(
    own.map(({ __path__ }: { __path__: string }) => __path__),
    REPLICAS.map((name) => `/logs/${name}.log`),
  );
  const promtail = readYaml(join(ROOT, "loki", "promtail.yml")) as {
    scrape_configs: [{ relabel_configs: { target_label?: string; regex?: string }[] }];
  };
  const rule = promtail.scrape_configs[0].relabel_configs.find(({ target_label }) => target_label === "service_name");
  const nameOf = (service: string) => service.replace(new RegExp(`^(?:${rule?.regex})$`), "$1$2");
  for (const name of REPLICAS) assert.equal(nameOf(name), SERVER);
  for (const name of ["probe", SERVER, "any-1"]) assert.equal(nameOf(name), name);
});

const haproxy = findProgram(["haproxy"], stackVariables());
test("HAProxy accepts the router's file", {
  skip: haproxy === undefined && `not verified: ${howToGet("haproxy")}`,
}, () => {
  rendered("router");
  const file = join(directory, "root", "router", "etc", "router", "haproxy.cfg");
  const { status, stderr } = spawnSync(haproxy ?? "", ["-c", "-f", file], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.doesNotMatch(stderr, /WARNING/);
});

test("the router's file has a line of each kind for each replica, and nothing else of the template changes", () => {
  const template = readFileSync(join(ROOT, "deploy", "router", "haproxy.cfg"), "utf8");
  const lines = routerConfiguration(template, REPLICAS).split("\n");
  for (const name of REPLICAS) {
    assert.deepEqual(
      lines.filter((line) => line.includes(` ${name} `)).map((line) => line.trim()),
      [`server ${name} ${name}:3001 track ready/${name}`, `server ${name} ${name}:9464`],
    );
  }
  const repeated = template.split("\n").filter((line) => line.startsWith("    server REPLICA"));
  assert.equal(lines.length, template.split("\n").length + 2 * repeated.length);
});
