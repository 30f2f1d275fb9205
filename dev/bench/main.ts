/**
 * `make bench`: what the telemetry costs, against the bare SDK in the same run. Prints tables, writes them as JSON,
 * and with `--check` fails when a limit is passed or a signal is missing. `--quick` is for trying things out.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { type Idle, idleSessions } from "./idle.ts";
import { inspected } from "./inspector.ts";
import { holds, limits, MIN_ROUNDS, missingSignals } from "./limits.ts";
import { OUTPUT, startReceiver } from "./process.ts";
import { report } from "./report.ts";
import type { Results } from "./results.ts";
import { compare } from "./rounds.ts";
import { atTools, type ByTools } from "./tools-curve.ts";
import { variants } from "./variants.ts";

const quick = process.argv.includes("--quick");
const check = process.argv.includes("--check");
const rounds = Number(process.env.BENCH_ROUNDS || (quick ? 5 : 21));
const phaseMs = quick ? 300 : 500;
const stations = quick ? [1, 100, 500] : [1, 10, 100, 1000, 10_000];
const toolCounts = quick ? [1, 50] : [1, 10, 50, 200];

const receiver = await startReceiver();
const { a, c } = variants(receiver.url);
const rows = await compare({ rounds, phaseMs, sessions: 50 }, receiver.url);

const idle: Record<"a" | "c", Idle> = {
  a: await idleSessions(a, "a-idle", receiver.url, stations, phaseMs / 2),
  c: await idleSessions(c, "c-idle", receiver.url, stations, phaseMs / 2),
};
const tools: Record<"a" | "c", Record<number, ByTools>> = { a: {}, c: {} };
for (const count of toolCounts) {
  tools.a[count] = await atTools(a, "a", receiver.url, count, phaseMs / 2, false);
  tools.c[count] = await atTools(c, "c", receiver.url, count, phaseMs / 2, true);
}
const inspector = await inspected(c, receiver.url, 2 * rounds, 2 * phaseMs);
await receiver.stop();

const machine = { cpus: cpus().length, model: cpus()[0]?.model ?? "", node: process.version };
const results: Results = { machine, rounds, rows, idle, tools, inspector };
writeFileSync(`${OUTPUT}/results.json`, `${JSON.stringify(results, undefined, 2)}\n`);
process.stdout.write(`${report(results)}\n\nwritten to .run/bench/results.json\n`);

if (check) {
  const problems = missingSignals(results);
  for (const { what } of limits(results).filter((limit) => !holds(limit))) problems.push(`over its limit: ${what}`);
  if (rounds < MIN_ROUNDS) problems.push(`${rounds} rounds are too few for a verdict: at least ${MIN_ROUNDS}`);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
