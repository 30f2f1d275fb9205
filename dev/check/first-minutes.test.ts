/** What a newcomer meets, by the real commands in a copy of this repository: up, a client over stdio, uninstall. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { parse, stringify } from "yaml";
import { freePort } from "../../test/support/free-port.ts";
import { copyOfThis } from "../lib/working-copy.ts";

const copy = copyOfThis();
const at = (...path: readonly string[]) => join(copy.directory, ...path);
const ports: Record<string, string> = {};

before(async () => {
  // Not the link to the folder of this checkout. Its node is the one that make finds; on PATH, there is an old one.
  rmSync(at(".tools"), { force: true });
  mkdirSync(at(".tools", "node", "bin"), { recursive: true });
  symlinkSync(process.execPath, at(".tools", "node", "bin", "node"));
  program("old", "node", "#!/bin/sh\necho this node is too old >&2\nexit 1");
  // The server and Grafana alone.
  const { services, secrets, volumes } = parse(readFileSync(at("docker-compose.yml"), "utf8"), { merge: true });
  const { depends_on: _, ...grafana } = services.grafana;
  writeFileSync(
    at("small.yml"),
    stringify({ services: { "mcp-server": services["mcp-server"], grafana }, secrets, volumes }),
  );
  for (const name of ["MCP_PORT", "METRICS_PORT", "GRAFANA_PORT"]) ports[name] = String(await freePort());
});
after(() => {
  make("down");
  rmSync(copy.directory, { recursive: true, force: true });
});

function program(folder: string, name: string, text: string): string {
  mkdirSync(at(".git", folder), { recursive: true });
  writeFileSync(at(".git", folder, name), `${text}\n`, { mode: 0o755 });
  return at(".git", folder);
}

const environment = (own: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  PATH: `${at(".git", "old")}${delimiter}${process.env.PATH}`,
  HOME: process.env.HOME ?? "",
  STACK_FORM: "native",
  STACK_INSTALL: "0",
  COMPOSE_FILE: "small.yml",
  ...ports,
  ...own,
});

const make = (target: string, own: Readonly<Record<string, string>> = {}) =>
  spawnSync("make", [target], { cwd: copy.directory, encoding: "utf8", env: environment(own) });

/** Answers as Grafana does when it is healthy, and writes down how it was started. */
const GRAFANA = `#!${process.execPath}
const { argv, env } = process;
process.getBuiltinModule("node:fs").writeFileSync("grafana.json", JSON.stringify({ args: argv.slice(2), env }));
process.getBuiltinModule("node:http").createServer((_, answer) => answer.end("{}")).listen(env.GF_SERVER_HTTP_PORT, "127.0.0.1");`;

test("make up says each step with its seconds, one page to look at and one thing to try", () => {
  const STACK_BIN = program("bin", "grafana", GRAFANA);
  const { status, stdout, stderr } = make("up", { STACK_BIN, GRAFANA_HOME: "/opt/grafana" });
  assert.equal(status, 0, stderr);
  for (const name of ["mcp-server", "grafana"])
    assert.match(stdout, new RegExp(`^starting ${name} … \\d+\\.\\d s$`, "m"));
  const end = `\nup after \\d+\\.\\d s\n\nlook at {2}http://127.0.0.1:${ports.GRAFANA_PORT} {2}\\(Grafana; login: admin / \\S+\\)\ntry {6}make \\S+.*\n$`;
  assert.match(stdout, new RegExp(end));
});

test("Grafana gets its home, and every folder that it would report as missing", () => {
  const { args, env } = JSON.parse(readFileSync(at("grafana.json"), "utf8"));
  assert.deepEqual(args, ["server", "--homepath=/opt/grafana"]);
  const provisioning = ["dashboards", "datasources", "plugins", "alerting"].map((name) =>
    join(env.GF_PATHS_PROVISIONING, name),
  );
  for (const folder of [env.GF_PATHS_PLUGINS, ...provisioning]) {
    assert.ok(folder.startsWith(at(".run")) && existsSync(folder), folder);
  }
});

test("without Tempo the server exports nothing; without Grafana, make up leads to the inspector", async () => {
  const { stdout } = make("up");
  assert.match(stdout, /^grafana +– +get grafana [\d.]+ from https:\S+ and put it as `grafana` on PATH/m);
  assert.match(stdout, /^stopping grafana.* … /m);
  const inspector = `http://127.0.0.1:${ports.METRICS_PORT}/inspect`;
  assert.match(stdout, new RegExp(`^look at {2}${inspector} {2}\\(the inspector`, "m"));
  assert.equal((await fetch(inspector)).status, 200);
  const { program: server } = JSON.parse(readFileSync(at(".run/native/processes/mcp-server.json"), "utf8"));
  assert.equal(server.environment.OTEL_EXPORTER_OTLP_ENDPOINT, "");
});

test("the stdio block of the README works as printed, where the node on PATH is too old", async (t) => {
  const blocks = [...readFileSync(at("README.md"), "utf8").matchAll(/```json\n([\s\S]*?)```/g)];
  const block = blocks.find(([, text]) => text?.includes("METRICS_PORT")) ?? assert.fail("no such block");
  const { observed } = JSON.parse(String(block[1]).replace("/path/to/this/checkout", copy.directory)).mcpServers;
  const client = new Client({ name: "desktop", version: "1.0.0" });
  const { PATH = "" } = environment();
  await client.connect(
    new StdioClientTransport({ ...observed, cwd: "/", env: { ...observed.env, PATH }, stderr: "ignore" }),
  );
  t.after(() => client.close());
  const { structuredContent } = await client.callTool({ name: "add", arguments: { a: 2, b: 3 } });
  assert.deepEqual(structuredContent, { sum: 5 });
});

test("npm start and npm test say in one line that the node is too old", () => {
  const manifest = JSON.parse(readFileSync(at("package.json"), "utf8"));
  const folder = at(".git", "too-old");
  mkdirSync(join(folder, "dev", "node"), { recursive: true });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ ...manifest, engines: { node: ">=99.1.0" }, workspaces: [] }),
  );
  copyFileSync(at("dev", "node", "recent.mjs"), join(folder, "dev", "node", "recent.mjs"));
  for (const script of ["start", "test"]) {
    const { status, stderr } = spawnSync("npm", ["run", "--silent", script], { cwd: folder, encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(stderr, /^node is [\d.]+, and this needs 99\.1\.0 or newer: use make .*\n$/);
  }
});

test("make uninstall stops what runs, and leaves nothing that make has made", async () => {
  writeFileSync(at(".env.local"), "MCP_PORT=3001\n");
  const docker = program("docker", "docker", `#!/bin/sh\necho "$*" >>.git/docker-calls`);
  const { status, stdout } = make("uninstall", { PATH: `${docker}${delimiter}${environment().PATH}` });
  assert.equal(status, 0);
  await assert.rejects(fetch(`http://127.0.0.1:${ports.METRICS_PORT}/healthz`));
  const calls = readFileSync(at(".git", "docker-calls"), "utf8").split("\n");
  assert.ok(calls.includes("compose --profile * down --remove-orphans --volumes --rmi all"), calls.join("\n"));
  const left = execFileSync("git", ["status", "--porcelain", "--ignored"], { cwd: copy.directory, encoding: "utf8" });
  assert.deepEqual(left.trim().split("\n").sort(), ["!! .env.local", "?? grafana.json", "?? small.yml"].sort());
  assert.match(stdout, /^left: \.env\.local/m);
  assert.deepEqual(
    readdirSync(at()).filter((name) => ["node_modules", ".run", ".tools", ".secrets"].includes(name)),
    [],
  );
  assert.match(make("uninstall").stdout, /^nothing is installed/);
});
