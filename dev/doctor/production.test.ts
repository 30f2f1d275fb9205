import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { findProgram, howToGet } from "../../deploy/stack/native/programs.ts";
import { ROOT, stackVariables, type Variables } from "../../deploy/stack/settings/environment.ts";
import { toYaml } from "../../deploy/stack/settings/yaml.ts";
import { spawnChild } from "../../test/support/children.ts";
import { freePort } from "../../test/support/free-port.ts";
import { until } from "../../test/support/wait.ts";
import { BackEnds } from "../lib/back-ends.ts";
import type { Finding } from "./finding.ts";
import { production } from "./production.ts";

const directory = mkdtempSync(join(tmpdir(), "production-"));
after(() => rmSync(directory, { recursive: true }));

const SECRETS = ["pagerduty-routing-key", "slack-webhook-url", "webhook-token", "watchdog-token"];

/** A stack that is ready: its files are in a folder of their own. */
function readyStack(): Variables {
  const folder = mkdtempSync(join(directory, "ready-"));
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  mkdirSync(join(folder, "prometheus"));
  const routes = readFileSync(join(ROOT, "prometheus/alertmanager.receivers.yml"), "utf8");
  write("prometheus/alertmanager.yml", readFileSync(join(ROOT, "prometheus/alertmanager.yml"), "utf8"));
  write("prometheus/alertmanager.receivers.yml", routes.replaceAll("example.com", "example.test"));
  const own = write(
    "own.yml",
    toYaml({
      services: {
        "mcp-server": {
          environment: {
            MCP_AUTH_TOKENS_FILE: "/run/tokens",
            MCP_ALLOWED_HOSTS: "mcp.example.test",
            MCP_TRACE_SAMPLE_RATIO: "0.1",
          },
        },
      },
      secrets: Object.fromEntries(SECRETS.map((name) => [name, { file: write(name, "secret") }])),
    }),
  );
  return {
    ...stackVariables({}),
    COMPOSE_FILE: `docker-compose.yml:docker-compose.receivers.yml:${own}`,
    PROMETHEUS_DIR: join(folder, "prometheus"),
    PROMETHEUS_RETENTION_TIME: "5w",
    RUNBOOKS_URL: "https://runbooks.example.test",
    REPLICAS: "3",
  };
}

const problems = (findings: readonly Finding[]): readonly string[] =>
  findings.filter(({ fix }) => fix !== undefined).map(({ subject, found, fix }) => `${subject}: ${found}: ${fix}`);

test("a stack that is ready has no problem but links that were not written into the rules", async () => {
  const [links = "", ...others] = problems(await production(readyStack(), undefined));
  assert.match(links, /^runbook links: (\d+) of \1 are not below RUNBOOKS_URL: make runbook-links$/);
  assert.deepEqual(others, []);
});

for (const [what, change, expected] of [
  ["the local receiver", { COMPOSE_FILE: "docker-compose.yml" }, /^receivers: alerts reach nobody/m],
  ["anonymous callers", { COMPOSE_FILE: "docker-compose.yml" }, /^callers: anonymous: MCP_ALLOW_ANONYMOUS is set/m],
  ["only local names", { COMPOSE_FILE: "docker-compose.yml" }, /^hosts: .*only names of this machine/m],
  ["URLs of the template", { PROMETHEUS_DIR: join(ROOT, "prometheus") }, /^receivers: URLs of example\.com/m],
  ["a short retention", { PROMETHEUS_RETENTION_TIME: "29d" }, /^retention: metrics 29d .*30d or more$/m],
  ["a retention that is no duration", { PROMETHEUS_RETENTION_TIME: "long" }, /^retention: metrics long/m],
  [
    "the placeholder of runbook links",
    { RUNBOOKS_URL: "https://github.com/your-org/x" },
    /^runbook links: lead nowhere/m,
  ],
] as const) {
  test(`${what}: a problem with its fix`, async () => {
    const found = problems(await production({ ...readyStack(), ...change }, undefined)).join("\n");
    assert.match(found, expected);
  });
}

test("an empty secret is a problem that names its file", async () => {
  const variables = readyStack();
  const [file = ""] = [
    variables.COMPOSE_FILE?.split(":")
      .at(-1)
      ?.replace(/own\.yml$/, "webhook-token"),
  ];
  writeFileSync(file, "\n");
  const findings = await production(variables, undefined);
  assert.ok(problems(findings).includes(`receivers: no secret in ${file}: write each secret to its file`));
});

const prometheus = findProgram(["prometheus"], stackVariables());
const skip = prometheus === undefined ? `not verified: ${howToGet("prometheus")}` : false;

test("a receiver that got nothing, or only failures, is a problem", { skip }, async (t) => {
  const metrics = createServer((_, response) => {
    const count = (metric: string, integration: string, value: number) =>
      `${metric}{integration="${integration}"} ${value}\n`;
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(
      count("alertmanager_notifications_total", "slack", 3) +
        count("alertmanager_notifications_total", "pagerduty", 2) +
        count("alertmanager_notifications_failed_total", "pagerduty", 2) +
        count("alertmanager_notifications_total", "webhook", 0),
    );
  });
  await new Promise<void>((resolve) => metrics.listen(0, "127.0.0.1", resolve));
  const port = await freePort();
  const config = join(directory, "prometheus.yml");
  const targets = [`127.0.0.1:${(metrics.address() as AddressInfo).port}`];
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: "1s" },
      scrape_configs: [{ job_name: "alertmanager", static_configs: [{ targets }] }],
    }),
  );
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(directory, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = spawnChild(prometheus ?? "", args, { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  t.after(async () => {
    child.kill("SIGKILL");
    await ended;
    metrics.close();
  });
  const variables = { ...readyStack(), PROMETHEUS_PORT: String(port) };
  const query = `http://127.0.0.1:${port}/api/v1/query?query=alertmanager_notifications_total`;
  const scraped = async () => (await fetch(query).then((answer) => answer.text())).includes("pagerduty");
  await until(() => scraped().catch(() => false), "a scrape");
  const findings = await production(variables, await BackEnds.find(variables));
  const deliveries = findings.filter(({ subject }) => subject === "deliveries");
  assert.deepEqual(
    deliveries.map(({ found, fix }) => [found, fix === undefined]),
    [
      ["webhook: 0 arrived, 0 failed", false],
      ["pagerduty: 0 arrived, 2 failed", false],
      ["slack: 3 arrived, 0 failed", true],
    ],
  );
});
