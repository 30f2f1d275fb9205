/**
 * `make conformance`: the official suite against a server behind this project's edge and against a client, both with
 * telemetry, and beside each the same on the SDK alone. It fails when ours fails what expected-failures.yml does not
 * name, or passes fewer checks of a scenario than the SDK alone.
 */
import { table } from "../../deploy/stack/table.ts";
import { spawnChild } from "../../test/support/children.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { emissions, runServer, testEnvironment } from "../../test/support/running-server.ts";
import { clientScenarios, install, type Results, type Suite, testClient, testServer } from "./suite.ts";

type Run = readonly [suite: Suite, revision: string];

/** What is run. A revision more is a line more. */
const RUNS: readonly Run[] = [
  ["suite-0.1", "2025-06-18"],
  ["suite-0.1", "2025-11-25"],
  ["suite-0.2", "2025-06-18"],
  ["suite-0.2", "2025-11-25"],
];
const SERVERS = "dev/conformance/servers";
const OUR_SERVER = "conformance-server";
const OUR_CLIENT = "conformance-client";

interface Compared {
  readonly ours: Results;
  readonly alone: Results;
}

install();
const receiver = await otlpReceiver();
const observing = (service: string) => ({
  OTEL_SERVICE_NAME: service,
  OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  MCP_TRACE_SAMPLE_RATIO: "1",
});
const observed = await runServer(observing(OUR_SERVER), `${SERVERS}/observed.ts`);
const bare = spawnChild(process.execPath, [`${SERVERS}/bare.ts`], { env: testEnvironment() });
const problems: string[] = [];
const rows: string[][] = [];
try {
  const { line } = emissions([bare.stdout, bare.stderr], () => bare.exitCode !== null);
  const bareUrl = String((await line(({ msg }) => msg === "listening")).url);
  for (const run of RUNS) {
    report(run, "server", await compareServers(run, bareUrl));
    report(run, "client", await compareClients(run));
  }
} finally {
  bare.kill("SIGKILL");
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

async function compareServers([suite, revision]: Run, bareUrl: string): Promise<Compared[]> {
  const [ours, alone] = await Promise.all([
    testServer(suite, revision, observed.url.href),
    testServer(suite, revision, bareUrl),
  ]);
  return [{ ours, alone }];
}

/** One scenario after the other: some measure how soon a client comes back. */
async function compareClients([suite, revision]: Run): Promise<Compared[]> {
  const compared: Compared[] = [];
  for (const scenario of await clientScenarios(suite, revision)) {
    const [ours, alone] = await Promise.all([
      testClient(suite, revision, scenario, observing(OUR_CLIENT)),
      testClient(suite, revision, scenario, undefined),
    ]);
    compared.push({ ours, alone });
  }
  return compared;
}

function report([suite, revision]: Run, role: string, compared: readonly Compared[]): void {
  const where = `${suite} ${revision} ${role}`;
  for (const { ours, alone } of compared) {
    if (!ours.asExpected) problems.push(`${where}: not as expected-failures.yml says. The suite:\n${ours.end}`);
    for (const [scenario, passed] of alone.passed) {
      const own = ours.passed.get(scenario) ?? 0;
      if (own < passed) problems.push(`${where}: ${scenario} passes ${own} checks, and ${passed} on the SDK alone`);
    }
  }
  const ours = compared.flatMap((one) => [...one.ours.passed.values()]);
  const alone = compared.flatMap((one) => [...one.alone.passed.values()]);
  if (ours.length === 0) problems.push(`${where}: no scenario was run`);
  rows.push([suite, revision, role, String(ours.length), sum(ours), sum(alone)]);
}

function sum(counts: readonly number[]): string {
  return String(counts.reduce((total, count) => total + count, 0));
}
