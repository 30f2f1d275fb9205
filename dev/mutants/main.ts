/**
 * `make mutants`: changes every rule in every way of {@link mutantsOf}, runs its tests, and prints what they did not
 * notice. Fails when a survivor is not listed in equivalent.ts, or a listed one does not survive. A name as argument
 * limits it to the rules that have it in theirs.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { findProgram, howToGet } from "../../deploy/stack/native/programs.ts";
import { stackVariables } from "../../deploy/stack/settings/environment.ts";
import { toYaml } from "../../deploy/stack/settings/yaml.ts";
import { HERE, type Rule, type RuleFile, read, ruleFiles, testFiles, testsOf } from "../../prometheus/rule-files.ts";
import { EQUIVALENT } from "./equivalent.ts";
import { mutantsOf } from "./operators.ts";

interface Task {
  /** `rule: change`. */
  readonly name: string;
  readonly file: string;
  readonly content: string;
  /** The tests that must notice, the likeliest first. */
  readonly tests: readonly string[];
}

const promtool = findProgram(["promtool"], stackVariables());
if (promtool === undefined) {
  process.stdout.write(`not verified: promtool is absent: ${howToGet("prometheus")}\n`);
  process.exit(0);
}
const only = process.argv[2] ?? "";

/** An alert has tests of its own; a recording rule those that ask for it, and those of alerts on its file. */
function testsFor(rule: Rule, file: string): readonly string[] {
  if (rule.alert !== undefined) return [`tests/${rule.alert}.test.yml`];
  return testFiles
    .filter((test) => testsOf(test).rule_files.some((used) => basename(used) === basename(file)))
    .sort((a, b) => asksFor(b, rule) - asksFor(a, rule));
}

const asksFor = (test: string, { record = "" }: Rule): number =>
  Number(testsOf(test).tests.some((group) => group.promql_expr_test?.some(({ expr }) => expr.includes(record))));

function tasksOf(file: string): Task[] {
  const whole: RuleFile = parse(read(file));
  return whole.groups.flatMap((group, g) =>
    group.rules.flatMap((rule, r) => {
      const name = rule.alert ?? `${rule.record}${rule.labels?.sloth_slo ? ` of ${rule.labels.sloth_slo}` : ""}`;
      return mutantsOf(rule).map((mutant) => ({
        name: `${name}: ${mutant.change.replace(/\s+/g, " ")}`,
        file,
        content: toYaml({ groups: whole.groups.with(g, { ...group, rules: group.rules.with(r, mutant.rule) }) }),
        tests: testsFor(rule, file),
      }));
    }),
  );
}

async function survives({ file, content, tests }: Task, directory: string): Promise<boolean> {
  writeFileSync(join(directory, file), content);
  for (const test of tests) {
    const passes = await promisify(execFile)(promtool ?? "", ["test", "rules", test], { cwd: directory }).then(
      () => true,
      () => false,
    );
    if (!passes) return false;
  }
  return true;
}

/** Takes tasks until there are none, in a copy of the files. */
async function worker(queue: Task[], survivors: string[]): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "mutants-"));
  for (const folder of ["rules", "tests"]) {
    mkdirSync(join(directory, folder));
    cpSync(join(HERE, folder), join(directory, folder), { recursive: true });
  }
  for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
    if (await survives(task, directory)) survivors.push(task.name);
    cpSync(join(HERE, task.file), join(directory, task.file));
  }
  rmSync(directory, { recursive: true });
}

const tasks = ruleFiles.flatMap(tasksOf).filter(({ name }) => name.includes(only));
const survivors: string[] = [];
const queue = [...tasks];
await Promise.all(Array.from({ length: availableParallelism() }, () => worker(queue, survivors)));

const say = (text: string) => process.stdout.write(`${text}\n`);
const equivalent = survivors.filter((name) => EQUIVALENT[name] !== undefined).sort();
const missed = survivors.filter((name) => EQUIVALENT[name] === undefined).sort();
const stale = Object.keys(EQUIVALENT).filter((name) => name.includes(only) && !survivors.includes(name));
for (const name of equivalent) say(`means the same  ${name}\n                ${EQUIVALENT[name]}`);
for (const name of missed) say(`NOT NOTICED     ${name}`);
for (const name of stale) say(`NOT EQUIVALENT  ${name}: a test notices it`);
const count = tasks.length - equivalent.length;
say(`${tasks.length} mutants; ${equivalent.length} mean the same; of ${count} others ${count - missed.length} caught`);
process.exit(missed.length + stale.length === 0 ? 0 : 1);
