/**
 * `make conformance`: the official suite against servers behind this project's edge and against clients, all with
 * telemetry. Beside each server runs the same on its SDK alone; a client on its SDK alone runs where ours failed a check.
 * The command fails when ours fails what the files in expected-failures/ do not name, or passes fewer checks of a scenario
 * than the SDK alone.
 */
import { table } from "../../deploy/stack/table.ts";
import { spawnChild } from "../../test/support/children.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { emissions, runServer, testEnvironment } from "../../test/support/running-server.ts";
import { clientScenarios, type Era, install, type Results, type Run, testClient, testServer } from "./suite.ts";

/** What is run. A revision more is a line more. */
const RUNS: readonly Run[] = [
  { suite: "suite-0.1", revision: "2025-06-18", era: "sessions" },
  { suite: "suite-0.1", revision: "2025-11-25", era: "sessions" },
  { suite: "suite-0.2", revision: "2025-06-18", era: "sessions" },
  { suite: "suite-0.2", revision: "2025-11-25", era: "sessions" },
  { suite: "suite-0.2", revision: "2026-07-28", era: "modern" },
];
const SERVERS = "dev/conformance/servers";
const OUR_SERVER = "conformance-server";
const OUR_CLIENT = "conformance-client";
/** How many scenarios of a client run at once. */
const AT_ONCE = 2;

interface Compared {
  readonly ours: Results;
  /** Undefined when it was not run. */
  readonly alone: Results | undefined;
}

install();
const receiver = await otlpReceiver();
const observing = (service: string) => ({
  OTEL_SERVICE_NAME: service,
  OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  MCP_TRACE_SAMPLE_RATIO: "1",
});
const observed = await runServer(observing(OUR_SERVER), `${SERVERS}/observed.ts`);
const bare = { sessions: await runBare("sessions"), modern: await runBare("modern") };
const problems: string[] = [];
const rows: string[][] = [];
try {
  for (const run of RUNS) {
    // The suite's scenarios of a server mostly wait.
    const [servers, clients] = await Promise.all([compareServers(run), compareClients(run)]);
    report(run, "server", [servers]);
    report(run, "client", clients);
  }
} finally {
  for (const { stop } of Object.values(bare)) stop();
  await observed.stop();
  await receiver.close();
}
for (const name of [OUR_SERVER, OUR_CLIENT]) {
  if (!receiver.spans.some(({ service }) => service === name)) problems.push(`no span of ${name} arrived`);
}
const head = ["SUITE", "REVISION", "ROLE", "SCENARIOS", "CHECKS", "CHECKS ON THE SDK ALONE"];
process.stdout.write(`${table([head, ...rows])}\n`);
for (const problem of problems) process.stdout.write(`FAILED: ${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function runBare(era: Era) {
  const child = spawnChild(process.execPath, [`${SERVERS}/bare-${era}.ts`], { env: testEnvironment() });
  const { line } = emissions([child.stdout, child.stderr], () => child.exitCode !== null);
  const { url } = await line(({ msg }) => msg === "listening");
  return { url: String(url), stop: () => void child.kill("SIGKILL") };
}

async function compareServers(run: Run): Promise<Compared> {
  const [ours, alone] = await Promise.all([testServer(run, observed.url.href), testServer(run, bare[run.era].url)]);
  return { ours, alone };
}

async function compareClients(run: Run): Promise<Compared[]> {
  const waiting = await clientScenarios(run);
  const compared: Compared[] = [];
  const work = async () => {
    for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) {
      const ours = await testClient(run, scenario, observing(OUR_CLIENT));
      compared.push({ ours, alone: ours.isFlawless ? undefined : await testClient(run, scenario) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return compared;
}

function report({ suite, revision }: Run, role: string, compared: readonly Compared[]): void {
  const where = `${suite} ${revision} ${role}`;
  for (const { ours, alone } of compared) {
    if (!ours.asExpected)
      problems.push(`${where}: not as expected-failures/${suite}.yml says. The suite:\n${ours.end}`);
    for (const [scenario, passed] of alone?.passed ?? []) {
      const own = ours.passed.get(scenario) ?? 0;
      if (own < passed) problems.push(`${where}: ${scenario} passes ${own} checks, and ${passed} on the SDK alone`);
    }
  }
  const ours = compared.flatMap((one) => [...one.ours.passed.values()]);
  const alone = compared.flatMap((one) => [...(one.alone?.passed.values() ?? [])]);
  if (ours.length === 0) problems.push(`${where}: no scenario was run`);
  rows.push([suite, revision, role, String(ours.length), sum(ours), alone.length === 0 ? "not run" : sum(alone)]);
}

function sum(counts: readonly number[]): string {
  return String(counts.reduce((total, count) => total + count, 0));
}
