/** The suite's programs, installed at fixed versions in .run/conformance, and what they say of a server or a client. */
import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../../deploy/stack/settings/environment.ts";

const HOME = join(ROOT, ".run", "conformance");
const SOURCE = join(ROOT, "dev", "conformance", "suite");
const EXPECTED = join(ROOT, "dev", "conformance", "expected-failures");
const REGISTER = fileURLToPath(import.meta.resolve("mcp-telemetry/register"));
/** Where the programs keep their compiled modules: each scenario of a client starts two. */
const COMPILED = join(HOME, "compiled");
const SCENARIO_MS = 120_000;
const RUN_MS = 15 * 60_000;
const END_LINES = 12;

/** The names of the packages in suite/package.json. */
export type Suite = "suite-0.1" | "suite-0.2";
/** Whether a revision has sessions. Each era has an SDK, and with it a server and a client of its own. */
export type Era = "sessions" | "modern";

/** A revision of the specification, and the suite that tests it. */
export interface Run {
  readonly suite: Suite;
  readonly revision: string;
  readonly era: Era;
}

export interface Results {
  /** Whether nothing failed but what the file in expected-failures/ names, and all that it names did. */
  readonly asExpected: boolean;
  /** How many checks of each scenario passed. */
  readonly passed: ReadonlyMap<string, number>;
  /** The last lines of what the suite printed. */
  readonly end: string;
}

export interface ClientResults extends Results {
  /** Whether no check failed. */
  readonly isFlawless: boolean;
}

/** Does nothing when these versions are installed. */
export function install(): void {
  const lock = "package-lock.json";
  const read = (folder: string) => readFileSync(join(folder, lock), "utf8");
  const installed =
    existsSync(join(HOME, "node_modules")) && existsSync(join(HOME, lock)) && read(HOME) === read(SOURCE);
  if (installed) return;
  cpSync(SOURCE, HOME, { recursive: true });
  execFileSync("npm", ["ci", "--ignore-scripts", "--loglevel=error"], { cwd: HOME, stdio: "inherit" });
}

export async function testServer({ suite, revision }: Run, url: string): Promise<Results> {
  const args = ["server", "--url", url, "--suite", "all", "--spec-version", revision];
  const { ok, output } = await run(suite, [...args, ...expectedFailures(suite)]);
  const summary = output.matchAll(/^[✓✗] (\S+): (\d+) passed/gm);
  const passed = new Map(Array.from(summary, ([, scenario = "", checks]) => [scenario, Number(checks)]));
  return { asExpected: ok, passed, end: endOf(output) };
}

export async function clientScenarios({ suite, revision }: Run): Promise<string[]> {
  const { output } = await run(suite, ["list", "--client", "--spec-version", revision]);
  return Array.from(output.matchAll(/^ {2}- (\S+) /gm), ([, scenario = ""]) => scenario);
}

/** @param observing the environment of the telemetry that observes the client; without it, the client is the SDK's alone */
export async function testClient(
  { suite, revision, era }: Run,
  scenario: string,
  observing?: Readonly<Record<string, string>>,
): Promise<ClientResults> {
  const program = join(ROOT, "dev", "conformance", "client", era, "main.ts");
  const command = [process.execPath, ...(observing ? ["--import", REGISTER, program, "--observed"] : [program])];
  const args = ["client", "--command", command.join(" "), "--scenario", scenario, "--timeout", String(SCENARIO_MS)];
  const all = [...args, "--spec-version", revision, ...expectedFailures(suite)];
  const { ok, output } = await run(suite, all, observing);
  const [, passed = 0, failed = 1] = /^Passed: (\d+)\/\d+, (\d+) failed/m.exec(output) ?? [];
  return {
    asExpected: ok,
    isFlawless: Number(failed) === 0,
    passed: new Map([[scenario, Number(passed)]]),
    end: endOf(output),
  };
}

const expectedFailures = (suite: Suite): string[] => ["--expected-failures", join(EXPECTED, `${suite}.yml`)];

const endOf = (output: string): string => output.trim().split("\n").slice(-END_LINES).join("\n");

function run(suite: Suite, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const program = join(HOME, "node_modules", suite, "dist", "index.js");
  const env = { ...process.env, NODE_COMPILE_CACHE: COMPILED, ...environment };
  const options = { cwd: HOME, env, timeout: RUN_MS, maxBuffer: 256 * 1024 ** 2 };
  return new Promise<{ ok: boolean; output: string }>((resolve) => {
    execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) =>
      resolve({ ok: error === null, output: `${stdout}${stderr}` }),
    );
  });
}
