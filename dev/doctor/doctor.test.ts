import assert from "node:assert/strict";
import { type ChildProcess, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { findProgram, howToGet } from "../../deploy/stack/native/programs.ts";
import { SERVICES } from "../../deploy/stack/native/services.ts";
import { stackVariables } from "../../deploy/stack/settings/environment.ts";
import { spawnChild } from "../../test/support/children.ts";
import { freePort } from "../../test/support/free-port.ts";
import { until } from "../../test/support/wait.ts";
import { report } from "./finding.ts";
import { isOlder } from "./machine.ts";

const directory = mkdtempSync(join(tmpdir(), "doctor-"));
let server: ChildProcess | undefined;
after(async () => {
  if (server?.kill("SIGKILL")) await once(server, "exit");
  rmSync(directory, { recursive: true });
});

/** On ports that nobody has, but for those given. */
async function doctor(ports: Readonly<Record<string, number>>): Promise<{ said: string; status: number | null }> {
  const free: Record<string, string> = {};
  for (const name of SERVICES.flatMap((service) => Object.values(service.ports))) free[name] = String(await freePort());
  for (const [name, port] of Object.entries(ports)) free[name] = String(port);
  const { stdout, status } = await new Promise<{ stdout: string; status: number | null }>((resolve) => {
    const child = spawnChild(process.execPath, [join(import.meta.dirname, "main.ts")], {
      env: { ...process.env, ...free, STACK_FORM: "native" },
    });
    let stdout = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.on("close", (code) => resolve({ stdout, status: code }));
  });
  return { said: stdout, status };
}

test("what is well is a line, what is wrong stands last with what to do, and both are counted", () => {
  const said = report([
    { what: "port 3001", seen: "taken", remedy: "end that" },
    { what: "node", seen: "26.10.0" },
    { what: "grafana", seen: "absent", absent: true },
  ]);
  assert.equal(
    said,
    [
      "ok     node       26.10.0",
      "–      grafana    absent",
      "WRONG  port 3001  taken",
      "       → end that",
      "1 to mend",
    ].join("\n"),
  );
  assert.match(report([{ what: "node", seen: "26.10.0" }]), /\nnothing is wrong$/);
});

test("a version is older when its first different part is", () => {
  assert.deepEqual(
    ["20.19.0", "24.11.0", "24.11.1", "24.12.0", "26.0.0", "2.42.0", "of an unknown version"].map((version) =>
      isOlder(version, "24.11.1"),
    ),
    [true, true, false, false, false, true, false],
  );
});

test("a port that somebody else has is named with who has it and the variable that moves ours", async (t) => {
  const other = createServer((_, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const { said, status } = await doctor({ PROBE_PORT: port });
  const holder = spawnSync("ss", ["-V"]).error === undefined ? `.*\\(pid ${process.pid}\\)` : "another process";
  assert.match(said, new RegExp(`^WRONG  port ${port} +probe needs it, and ${holder} has it\n +→ .*PROBE_PORT`, "m"));
  assert.equal(status, 1);
});

const prometheus = findProgram(["prometheus"], stackVariables());
const skip = prometheus === undefined ? `not verified: ${howToGet("prometheus")}` : false;

test("of a stack half gone, each part that does not answer and each scrape that fails has a remedy", {
  skip,
}, async () => {
  const [port, gone] = [await freePort(), await freePort()];
  const config = join(directory, "prometheus.yml");
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: "1s" },
      scrape_configs: [{ job_name: "mcp-server", static_configs: [{ targets: [`127.0.0.1:${gone}`] }] }],
    }),
  );
  const address = `--web.listen-address=127.0.0.1:${port}`;
  const data = `--storage.tsdb.path=${join(directory, "data")}`;
  server = spawnChild(prometheus ?? "", [`--config.file=${config}`, data, address]);
  server.stderr?.resume();
  const scraped = async () =>
    (await fetch(`http://127.0.0.1:${port}/api/v1/targets`).then((answer) => answer.text())).includes("refused");
  await until(() => scraped().catch(() => false), "a scrape that is refused");

  const { said, status } = await doctor({ PROMETHEUS_PORT: port });
  assert.match(said, /^ok {5}prometheus +ready/m);
  assert.match(said, /^WRONG {2}mcp-server +does not answer at .*\n +→ make logs SERVICE=mcp-server/m);
  assert.match(said, /^WRONG {2}scrape mcp-server +Get .*refused\n +→ curl http:\/\/127\.0\.0\.1:\d+\/metrics/m);
  assert.match(said, /^ok {5}losses +none/m);
  assert.equal(status, 1);
});
