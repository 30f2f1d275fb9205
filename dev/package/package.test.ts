/** The built package in projects of others, at both ends of what it supports. */
import assert from "node:assert/strict";
import { execFileSync, type SpawnSyncReturns, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { spawnChild } from "../../test/support/children.ts";
import { freePort } from "../../test/support/free-port.ts";
import { type OtlpReceiver, otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { type Emissions, emissions, testEnvironment } from "../../test/support/running-server.ts";
import { until } from "../../test/support/wait.ts";
import { type End, type Host, host, NAME, packedFile, supported } from "./support.ts";

const SECRET = "canary-hunter2-vermilion";
const INITIALIZE = `${JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test", version: "1" } },
})}\n`;
const ENDS = ["oldest", "newest"] as const;
const TOOLS_OF_NEWEST = ["typescript@7.0.2", "@types/node@26.6.6", "esbuild@0.28.2"];

/** @returns undefined, and skips the test aloud, when npm is out of reach */
async function hostOr(t: TestContext, end: End): Promise<Host | undefined> {
  const made = await host(end, end === "newest" ? TOOLS_OF_NEWEST : []);
  if (made === undefined) t.skip("not verified: npm could not install the project; it needs the registry");
  return made;
}

async function receiverFor(t: TestContext): Promise<OtlpReceiver> {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  return receiver;
}

/** Calls all that a server has: once with an argument at which its handler throws, once without one. */
async function callAll(client: Client): Promise<unknown[]> {
  const seen: unknown[] = [];
  const answer = async (call: Promise<unknown>) =>
    seen.push(await call.catch(({ code, message }) => ({ code, message })));
  const { tools } = await client.listTools();
  for (const { name } of tools) {
    await answer(client.callTool({ name, arguments: { value: SECRET } }));
    await answer(client.callTool({ name, arguments: {} }));
  }
  const { prompts, resources } = client.getServerCapabilities() ?? {};
  if (prompts !== undefined) {
    await answer(client.getPrompt({ name: "prompt", arguments: { value: SECRET } }));
    await answer(client.getPrompt({ name: "prompt", arguments: {} }));
  }
  if (resources !== undefined) await answer(client.readResource({ uri: `note://${SECRET}` }));
  return [client.getServerVersion(), tools, ...seen];
}

const newClient = () => new Client({ name: "test", version: "1.0.0" });

interface Run extends Emissions {
  readonly seen: readonly unknown[];
  /** What was not JSON on stdout. */
  readonly stdout: string;
}

async function overStdio({ folder, node }: Host, args: readonly string[], own: Record<string, string>): Promise<Run> {
  const env = testEnvironment(own);
  const transport = new StdioClientTransport({ command: node, args: [...args], cwd: folder, env, stderr: "pipe" });
  let noise = "";
  transport.onerror = ({ message }) => {
    noise += message;
  };
  const emitted = emissions([transport.stderr as Readable], () => false);
  const client = newClient();
  await client.connect(transport);
  const seen = await callAll(client);
  await client.close();
  return { ...emitted, seen, stdout: noise };
}

async function overHttp(
  t: TestContext,
  { folder, node }: Host,
  args: readonly string[],
  own: Record<string, string>,
): Promise<Run> {
  const child = spawnChild(node, args, { cwd: folder, env: testEnvironment(own) });
  t.after(() => child.kill("SIGKILL"));
  const emitted = emissions([child.stdout, child.stderr], () => false);
  const url = await until(
    () => /listening at (\S+)/.exec(emitted.text())?.[1],
    () => emitted.text(),
  );
  const Kind = args.includes("--sse") ? SSEClientTransport : StreamableHTTPClientTransport;
  const client = newClient();
  await client.connect(new Kind(new URL(url)) as Transport);
  const seen = await callAll(client);
  await client.close();
  const ended = once(child, "close");
  child.kill("SIGTERM");
  assert.deepEqual(await ended, [null, "SIGTERM"], "it ends as it would without");
  return { ...emitted, seen, stdout: "" };
}

const outcomes = (run: Emissions) =>
  run
    .requests(({ method }) => /^(tools\/call|prompts\/get|resources\/read)$/.test(String(method)))
    .map(({ method, tool_name, outcome, trace_id }) => ({ what: `${tool_name ?? method} ${outcome}`, trace_id }));

const HIGH_LEVEL = ["prompts/get error", "prompts/get rejected", "resources/read error"];
const ofTools = (...names: string[]) => names.flatMap((name) => [`${name} error`, `${name} rejected`]);

interface Program {
  readonly args: readonly string[];
  readonly ends: readonly End[];
  readonly expected: (end: End) => readonly string[];
}

const styles1 = (end: End) => [
  ...ofTools("by_tool", "updated", ...(end === "newest" ? ["registered"] : [])),
  ...HIGH_LEVEL,
];
const styles2 = () => [...ofTools("registered", "updated"), ...HIGH_LEVEL];
/** Whether its arguments fit is for such a server itself to say. */
const lowLevel = () => ["low_level error", "low_level error"];

const PROGRAMS: readonly Program[] = [
  { args: ["styles-1.mjs"], ends: ENDS, expected: styles1 },
  { args: ["styles-1.cjs"], ends: ENDS, expected: styles1 },
  { args: ["styles-1.mjs", "--low-level"], ends: ENDS, expected: lowLevel },
  { args: ["tasks-1.mjs"], ends: ["newest"], expected: () => ofTools("task") },
  { args: ["styles-1.mjs", "--stateful"], ends: ENDS, expected: styles1 },
  { args: ["styles-1.mjs", "--stateless"], ends: ENDS, expected: styles1 },
  { args: ["styles-1.mjs", "--sse"], ends: ENDS, expected: styles1 },
  { args: ["styles-2.mjs"], ends: ENDS, expected: styles2 },
  { args: ["styles-2.cjs"], ends: ENDS, expected: styles2 },
  { args: ["styles-2.mjs", "--low-level"], ends: ENDS, expected: lowLevel },
  { args: ["styles-2.mjs", "--stateless"], ends: ENDS, expected: styles2 },
];

for (const end of ENDS) {
  for (const { args, expected } of PROGRAMS.filter(({ ends }) => ends.includes(end))) {
    test(`${end}: the preload observes ${args.join(" ")}, and its client sees no difference`, async (t) => {
      const project = await hostOr(t, end);
      if (project === undefined) return;
      const receiver = await receiverFor(t);
      const own = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
      const run = (preload: readonly string[]) =>
        args.some((arg) => /^--(state|sse)/.test(arg))
          ? overHttp(t, project, [...preload, ...args], own)
          : overStdio(project, [...preload, ...args], own);
      const plain = await run([]);
      const observed = await run(["--import", `${NAME}/register`]);
      assert.deepEqual(observed.seen, plain.seen);
      assert.equal(observed.stdout, "");
      await observed.line(({ msg }) => msg === "telemetry stopped");
      assert.deepEqual(
        outcomes(observed).map(({ what }) => what),
        expected(end),
      );
      for (const { what, trace_id } of outcomes(observed)) {
        assert.ok(
          receiver.spans.some(({ kind, traceId }) => kind === 2 && traceId === trace_id),
          what,
        );
      }
      const said = [observed.text(), ...receiver.bodies.map(String)].filter((text) => text.includes(SECRET));
      assert.deepEqual(said, []);
    });
  }
}

/** The blocks of the telemetry's README: a server that starts the telemetry itself. */
function writeOwn(folder: string, end: End): void {
  const readme = readFileSync(join(ROOT, "server/telemetry/README.md"), "utf8");
  const [, printed = ""] = /```ts\n(\/\/ main\.ts\n[\s\S]*?)```/.exec(readme) ?? [];
  const schema = "{ text: z.string() }";
  const block =
    end === "newest"
      ? printed
      : printed.replace(`registerTool("shout", { inputSchema: ${schema} }`, `tool("shout", ${schema}`);
  writeFileSync(join(folder, "own.ts"), block);
  writeFileSync(join(folder, "own.mjs"), block);
  const inFunction = block.replace(
    /((?:^import .*\n|^\/\/.*\n)+)([\s\S]*)/m,
    "$1async function main() {\n$2}\nvoid main();\n",
  );
  writeFileSync(join(folder, "own.cts"), inFunction);
  writeFileSync(
    join(folder, "own.cjs"),
    inFunction.replace(/^import (\{[^}]*\}) from (".*");.*$/gm, "const $1 = require($2);"),
  );
}

/** Starts a program over stdio, and calls its tool. */
async function called(
  t: TestContext,
  { folder: cwd, node: command }: Host,
  args: string[],
  own: Record<string, string>,
): Promise<Emissions> {
  const transport = new StdioClientTransport({ command, args, cwd, env: testEnvironment(own), stderr: "pipe" });
  const emitted = emissions([transport.stderr as Readable], () => false);
  const client = newClient();
  t.after(() => client.close());
  await client.connect(transport).catch((error) => assert.fail(`${error}: ${emitted.text()}`));
  await client.callTool({ name: "shout", arguments: { text: "hello" } });
  return emitted;
}

async function hasInspector(emitted: Emissions): Promise<void> {
  for (const path of ["/inspect", "/inspect/page.css", "/inspect/page.js"]) {
    assert.equal((await fetch(await emitted.metricsUrl(path))).status, 200, path);
  }
}

async function shouts(t: TestContext, project: Host, program: string, receiver: OtlpReceiver): Promise<void> {
  const own = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, MCP_INSPECT: "1" };
  const emitted = await called(t, project, [program], own);
  await receiver.until((spans) => spans.find(({ name }) => name === "tools/call shout"));
  await hasInspector(emitted);
}

for (const end of ENDS) {
  for (const program of ["own.mjs", "own.cjs"]) {
    test(`${end}: ${program}, which starts the telemetry itself, is observed, and the inspector has its files`, async (t) => {
      const project = await hostOr(t, end);
      if (project === undefined) return;
      writeOwn(project.folder, end);
      await shouts(t, project, program, await receiverFor(t));
    });
  }
}

test("newest: tsc accepts it in an ES module and in a CommonJS module, with its types checked", async (t) => {
  const project = await hostOr(t, "newest");
  if (project === undefined) return;
  writeOwn(project.folder, "newest");
  const compilerOptions = { noEmit: true, strict: true, target: "es2024", module: "nodenext", types: ["node"] };
  writeFileSync(join(project.folder, "own.mts"), readFileSync(join(project.folder, "own.ts")));
  const files = ["own.mts", "own.cts"];
  writeFileSync(join(project.folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const { stdout, status } = spawnSync(join(project.folder, "node_modules/.bin/tsc"), [], {
    cwd: project.folder,
    encoding: "utf8",
  });
  assert.equal(status, 0, stdout);
});

const BANNER = 'import { createRequire as forBundle } from "node:module"; const require = forBundle(import.meta.url);';

/** @param format of the bundle @param flags of esbuild beside it @returns its name, in the project's folder */
function bundle({ folder }: Host, format: "cjs" | "esm", ...flags: string[]): string {
  const program = format === "cjs" ? "bundle.cjs" : "bundle.mjs";
  if (format === "esm") flags.push(`--banner:js=${BANNER}`);
  const fixed = ["--bundle", "--platform=node", "--log-level=error", `--format=${format}`, `--outfile=${program}`];
  execFileSync("node_modules/.bin/esbuild", ["own.cts", ...fixed, ...flags], { cwd: folder });
  return program;
}

for (const format of ["cjs", "esm"] as const) {
  test(`newest: bundled by esbuild to ${format}, with the package beside the bundle, it is observed`, async (t) => {
    const project = await hostOr(t, "newest");
    if (project === undefined) return;
    writeOwn(project.folder, "newest");
    await shouts(t, project, bundle(project, format, `--external:${NAME}`), await receiverFor(t));
  });

  test(`newest: bundled to ${format} with the package inside, it has all but traces, and says so`, async (t) => {
    const project = await hostOr(t, "newest");
    if (project === undefined) return;
    writeOwn(project.folder, "newest");
    const program = bundle(project, format);
    const folder = mkdtempSync(join(tmpdir(), "bundled-"));
    t.after(() => rmSync(folder, { recursive: true }));
    cpSync(join(project.folder, program), join(folder, program));
    const emitted = await called(t, { ...project, folder }, [program], {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
      MCP_INSPECT: "1",
    });
    await emitted.untilRequests(1, ({ tool_name }) => tool_name === "shout");
    assert.match(emitted.text(), /\[telemetry\] there are no traces: /);
    await hasInspector(emitted);
  });

  test(`newest: bundled to ${format} with the package inside, and preloaded, there is one telemetry with traces`, async (t) => {
    const project = await hostOr(t, "newest");
    if (project === undefined) return;
    writeOwn(project.folder, "newest");
    const receiver = await receiverFor(t);
    const args = ["--import", `${NAME}/register`, bundle(project, format)];
    const emitted = await called(t, project, args, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    const [line] = await emitted.untilRequests(1, ({ tool_name }) => tool_name === "shout");
    const span = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call shout"));
    assert.equal(span.traceId, line?.trace_id);
    assert.equal(emitted.lines().filter(({ msg }) => msg === "telemetry started").length, 1);
  });
}

test("newest: two copies that start are one, and a line says so; shutdown undoes what the first has changed", async (t) => {
  const project = await hostOr(t, "newest");
  if (project === undefined) return;
  const receiver = await receiverFor(t);
  const copy = join(project.folder, "node_modules", "another-copy");
  cpSync(join(project.folder, "node_modules", NAME), copy, { recursive: true });
  t.after(() => rmSync(copy, { recursive: true }));
  const { stdout, stderr, status } = await finished(project, ["undone.mjs", NAME, "another-copy"], {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    // The second start could not listen if the first one still did.
    METRICS_PORT: String(await freePort()),
  });
  assert.equal(status, 0, stderr);
  assert.match(stderr, /\[telemetry\] started a second time in this process: the first one serves both\n/);
  assert.deepEqual(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""), { same: true, changed: [], again: true });
});

async function finished({ folder, node }: Host, args: readonly string[], own: Record<string, string>) {
  const child = spawnChild(node, args, { cwd: folder, env: testEnvironment(own) });
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString();
  });
  const [status] = await once(child, "close");
  return { status, stdout: stdout?.() ?? "", stderr: stderr?.() ?? "" };
}

test("newest: the blocks of docs/add-to-your-server.md install the package and observe a server", async (t) => {
  const project = await hostOr(t, "newest");
  if (project === undefined) return;
  cpSync(join(project.folder, "styles-1.mjs"), join(project.folder, "server.js"));
  const document = readFileSync(join(ROOT, "docs/add-to-your-server.md"), "utf8");
  const blocks = [...document.matchAll(/```sh package\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
  assert.equal(blocks.length, 2);
  for (const text of blocks) {
    const block = text.replace(/\S+\.tgz/, packedFile()).replace("127.0.0.1:4318", "127.0.0.1:1");
    const { status, stderr }: SpawnSyncReturns<string> = spawnSync("sh", ["-c", block], {
      cwd: project.folder,
      env: { ...testEnvironment(), HOME: process.env.HOME ?? "", npm_config_prefer_offline: "true" },
      input: INITIALIZE,
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    if (block.includes("node "))
      assert.match(stderr, /"service_name":"weather".*"method":"initialize".*"outcome":"success"/);
  }
});

test("the newest versions of the table are those that this repository has, and engines has the oldest Node.js", () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
    packages: Record<string, { version: string }>;
  };
  for (const [name, version] of supported("newest")) {
    const here = name === "Node.js" ? process.versions.node.split(".")[0] : packages[`node_modules/${name}`]?.version;
    assert.equal(version, here, name);
  }
  const { engines } = JSON.parse(readFileSync(join(ROOT, "server/telemetry/package.json"), "utf8"));
  assert.equal(engines.node.split(" ")[0], `^${supported("oldest").get("Node.js")}`);
});
