/**
 * `make bench` measures what the telemetry costs, compared with the bare SDK in the same run. It prints tables and
 * writes the results as JSON. With `--check` its exit code is 1 when a limit is exceeded or a signal is missing, and 2 when
 * the machine was too busy to compare with the limits. `--quick` takes fewer and shorter measurements.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { compareWith } from "./against.ts";
import { type IdleSessions, measureIdleSessions } from "./idle-sessions.ts";
import { measureInspector } from "./inspector.ts";
import { controlDifferences, isWithinLimit, limits, MIN_ROUNDS, missingSignals } from "./limits.ts";
import { compareWithPeers } from "./peers.ts";
import { OUTPUT, startReceiver } from "./process.ts";
import { report } from "./report.ts";
import { type Results, TOOL_COUNT_LETTERS, type ToolCountLetter } from "./results.ts";
import { compare } from "./rounds.ts";
import { measureToolCount, type ToolCountCost } from "./tool-count.ts";
import { variants } from "./variants.ts";

const quick = process.argv.includes("--quick");
const check = process.argv.includes("--check");
const rounds = Number(process.env.BENCH_ROUNDS || (quick ? 5 : 21));
const phaseMs = quick ? 300 : 500;
const sessionCounts = quick ? [1, 100, 500] : [1, 10, 100, 1000, 10_000];
const toolCounts = quick ? [1, 50] : [1, 10, 50, 200, 500];

const receiver = await startReceiver();
const settings = { rounds, phaseMs, sessions: 50 };
const { AGAINST, PEERS } = process.env;
if (AGAINST || PEERS) {
  const code = AGAINST ? await compareWith(AGAINST, settings, receiver) : await compareWithPeers(settings, receiver);
  await receiver.stop();
  process.exit(code ?? 0);
}
const all = variants(receiver.url);
const { a, c } = all;
const rows = await compare(all, settings, receiver.url);

const idle: Record<"a" | "c", IdleSessions> = {
  a: await measureIdleSessions(a, "a-idle", receiver.url, sessionCounts, phaseMs / 2),
  c: await measureIdleSessions(c, "c-idle", receiver.url, sessionCounts, phaseMs / 2),
};
const tools: Record<ToolCountLetter, Record<number, ToolCountCost>> = { a: {}, c: {}, g: {}, h: {} };
for (const count of toolCounts) {
  for (const letter of TOOL_COUNT_LETTERS) {
    const variant = all[letter];
    tools[letter][count] = await measureToolCount(variant, letter, receiver.url, count, phaseMs / 2, letter === "c");
  }
}
const inspector = await measureInspector(c, receiver.url, 2 * rounds, 2 * phaseMs);
await receiver.stop();

const machine = { cpus: cpus().length, model: cpus()[0]?.model ?? "", node: process.version };
const results: Results = { machine, rounds, rows, idle, tools, inspector };
writeFileSync(`${OUTPUT}/results.json`, `${JSON.stringify(results, undefined, 2)}\n`);
process.stdout.write(`${report(results)}\n\nresults as JSON: .run/bench/results.json\n`);

if (check) {
  const problems = missingSignals(results);
  const over = limits(results).filter((limit) => !isWithinLimit(limit));
  const differences = controlDifferences(results);
  if (differences.length === 0) problems.push(...over.map(({ title }) => `over its limit: ${title}`));
  if (rounds < MIN_ROUNDS)
    problems.push(`${rounds} rounds are too few for --check: set BENCH_ROUNDS to ${MIN_ROUNDS} or more`);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  for (const difference of differences)
    process.stderr.write(`not conclusive: the machine is too busy: ${difference}\n`);
  process.exitCode = problems.length > 0 ? 1 : differences.length > 0 ? 2 : 0;
}
