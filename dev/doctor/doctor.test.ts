import assert from "node:assert/strict";
import { type ChildProcess, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { findProgram, howToGet } from "../../deploy/stack/native/programs.ts";
import { nativeServices } from "../../deploy/stack/native/services.ts";
import { stackVariables } from "../../deploy/stack/settings/environment.ts";
import { spawnChild } from "../../test/support/children.ts";
import { fakeDocker } from "../../test/support/fake-docker.ts";
import { freePort } from "../../test/support/free-port.ts";
import { until } from "../../test/support/wait.ts";
import { report } from "./finding.ts";
import { isOlder } from "./machine.ts";

const directory = mkdtempSync(join(tmpdir(), "doctor-"));
const servers: ChildProcess[] = [];
after(async () => {
  for (const server of servers) if (server.kill("SIGKILL")) await once(server, "exit");
  rmSync(directory, { recursive: true });
});

/** Runs the doctor with free ports, except for the given ones. @returns its output and exit code */
async function doctor(
  ports: Readonly<Record<string, number>>,
  environment: Readonly<Record<string, string>> = { STACK_FORM: "native" },
): Promise<{ output: string; status: number | null }> {
  const env: Record<string, string> = {};
  const variables = nativeServices(stackVariables()).flatMap((service) => Object.values(service.ports));
  for (const name of variables) env[name] = String(await freePort());
  for (const [name, port] of Object.entries(ports)) env[name] = String(port);
  const { stdout, status } = await new Promise<{ stdout: string; status: number | null }>((resolve) => {
    const child = spawnChild(process.execPath, [join(import.meta.dirname, "main.ts")], {
      env: { ...process.env, ...env, ...environment },
    });
    let stdout = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.on("close", (code) => resolve({ stdout, status: code }));
  });
  return { output: stdout, status };
}

test("problems come last, each with its fix, and the last line counts them", () => {
  const output = report([
    { subject: "port 3001", found: "taken", fix: "kill 1" },
    { subject: "node", found: "26.10.0" },
    { subject: "grafana", found: "not installed", absent: true },
  ]);
  assert.equal(
    output,
    [
      "ok       node       26.10.0",
      "–        grafana    not installed",
      "PROBLEM  port 3001  taken",
      "         fix: kill 1",
      "1 problem found",
    ].join("\n"),
  );
  assert.match(report([{ subject: "node", found: "26.10.0" }]), /\nno problems found$/);
});

test("a version is older if its first part that differs is smaller", () => {
  assert.deepEqual(
    ["20.19.0", "24.11.0", "24.11.1", "24.12.0", "26.0.0", "2.42.0", "unknown version"].map((version) =>
      isOlder(version, "24.11.1"),
    ),
    [true, true, false, false, false, true, false],
  );
});

test("a port that another process uses is reported with that process and the variable that sets ours", async (t) => {
  const other = createServer((_, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const { output, status } = await doctor({ PROBE_PORT: port });
  const holder = spawnSync("ss", ["-V"]).error === undefined ? `.*\\(pid ${process.pid}\\)` : "another process";
  assert.match(
    output,
    new RegExp(`^PROBLEM  port ${port} +probe needs it, but ${holder} listens on it\n +fix: .*PROBE_PORT`, "m"),
  );
  assert.equal(status, 1);
});

test("the doctor prints the Docker engine's address, and reports a remote engine as a problem", async () => {
  const here = await doctor({}, fakeDocker(join(directory, "here"), "unix:///run/engine.sock"));
  assert.match(here.output, /^ok +containers +Docker 28\.2\.2 at unix:\/\/\/run\/engine\.sock$/m);
  const remote = await doctor({}, fakeDocker(join(directory, "remote"), "tcp://10.0.0.1:2376"));
  assert.match(
    remote.output,
    /^PROBLEM +containers +Docker 28\.2\.2 at tcp:\/\/10\.0\.0\.1:2376\n +fix: docker-compose.yml mounts/m,
  );
  assert.equal(remote.status, 1);
});

const prometheus = findProgram(["prometheus"], stackVariables());
const skip = prometheus === undefined ? `not verified: ${howToGet("prometheus")}` : false;

/** Starts Prometheus, which scrapes a port on which nothing listens. @returns its port, once a scrape was refused */
async function prometheusThatIsRefused(name: string, target: number, interval: string): Promise<number> {
  const port = await freePort();
  const config = join(directory, `${name}.yml`);
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: interval },
      scrape_configs: [{ job_name: "mcp-server", static_configs: [{ targets: [`127.0.0.1:${target}`] }] }],
    }),
  );
  const address = `--web.listen-address=127.0.0.1:${port}`;
  const data = `--storage.tsdb.path=${join(directory, name)}`;
  const server = spawnChild(prometheus ?? "", [`--config.file=${config}`, data, address]);
  server.stderr.resume();
  servers.push(server);
  const scraped = async () =>
    (await fetch(`http://127.0.0.1:${port}/api/v1/targets`).then((answer) => answer.text())).includes("refused");
  await until(() => scraped().catch(() => false), "a scrape that is refused");
  return port;
}

test("each component that does not answer and each scrape that fails is reported with its fix", {
  skip,
}, async () => {
  const port = await prometheusThatIsRefused("refused", await freePort(), "1s");
  const { output, status } = await doctor({ PROMETHEUS_PORT: port });
  assert.match(output, /^ok {7}prometheus +ready/m);
  assert.match(output, /^PROBLEM {2}mcp-server +does not answer at .*\n +fix: make logs SERVICE=mcp-server/m);
  assert.match(output, /^PROBLEM {2}scrape mcp-server +Get .*refused\n +fix: curl http:\/\/127\.0\.0\.1:\d+\/metrics/m);
  assert.match(output, /^ok {7}lost signals +none/m);
  assert.equal(status, 1);
});

test("a target whose first scrape came too early is no problem", { skip }, async (t) => {
  const target = await freePort();
  const port = await prometheusThatIsRefused("early", target, "5s");
  const late = createServer((_, response) => response.setHeader("content-type", "text/plain").end("x 1\n"));
  late.listen(target, "127.0.0.1");
  t.after(() => late.close());
  const { output } = await doctor({ PROMETHEUS_PORT: port });
  assert.match(output, /^ok {7}scrapes +1 targets are up$/m);
});

test("without a Docker engine nothing is wrong: the stack runs natively", async () => {
  const folder = join(directory, "no-engine");
  mkdirSync(folder);
  writeFileSync(join(folder, "docker"), "#!/bin/sh\necho Cannot connect >&2\nexit 1\n", { mode: 0o755 });
  const { output, status } = await doctor({}, { STACK_FORM: "", PATH: `${folder}:${process.env.PATH}` });
  assert.match(output, /^– +containers +Cannot connect: the stack runs natively; to use containers: systemctl/m);
  assert.equal(status, 0, output);
});
