/**
 * `make mutants`: mutation tests of the rules. It makes each change of {@link mutantsOf} to each rule, runs the tests
 * of the rule, and prints the changes that no test catches. It fails when a surviving mutant is not listed in
 * equivalent.ts, or when a listed one does not survive. An argument limits it to the rules whose name contains it.
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
  /** The tests that must fail; the most likely one comes first. */
  readonly tests: readonly string[];
}

const promtool = findProgram(["promtool"], stackVariables());
if (promtool === undefined) {
  process.stdout.write(`not verified: promtool is not installed: ${howToGet("prometheus")}\n`);
  process.exit(0);
}
const only = process.argv[2] ?? "";

/**
 * An alert has its own test files. A recording rule has the tests that load its file; those that query it come first.
 */
function testsFor(rule: Rule, file: string): readonly string[] {
  if (rule.alert !== undefined)
    return testFiles.filter((test) => basename(test).startsWith(`${rule.alert}.`)).toReversed();
  return testFiles
    .filter((test) => testsOf(test).rule_files.some((used) => basename(used) === basename(file)))
    .sort((a, b) => queries(b, rule) - queries(a, rule));
}

const queries = (test: string, { record = "" }: Rule): number =>
  Number(testsOf(test).tests.some((group) => group.promql_expr_test?.some(({ expr }) => expr.includes(record))));

function tasksOf(file: string): Task[] {
  const content: RuleFile = parse(read(file));
  return content.groups.flatMap((group, g) =>
    group.rules.flatMap((rule, r) => {
      const name = rule.alert ?? `${rule.record}${rule.labels?.sloth_slo ? ` of ${rule.labels.sloth_slo}` : ""}`;
      return mutantsOf(rule).map((mutant) => ({
        name: `${name}: ${mutant.change.replace(/\s+/g, " ")}`,
        file,
        content: toYaml({ groups: content.groups.with(g, { ...group, rules: group.rules.with(r, mutant.rule) }) }),
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

/** Works through the queue in a copy of the rule and test files. */
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
const uncaught = survivors.filter((name) => EQUIVALENT[name] === undefined).sort();
const stale = Object.keys(EQUIVALENT).filter((name) => name.includes(only) && !survivors.includes(name));
for (const name of equivalent) say(`equivalent      ${name}\n                ${EQUIVALENT[name]}`);
for (const name of uncaught) say(`SURVIVED        ${name}: no test fails`);
for (const name of stale) say(`NOT EQUIVALENT  ${name}: a test fails; remove it from dev/mutants/equivalent.ts`);
const count = tasks.length - equivalent.length;
say(
  `${tasks.length} mutants: ${equivalent.length} equivalent; tests caught ${count - uncaught.length} of the other ${count}`,
);
process.exit(uncaught.length + stale.length === 0 ? 0 : 1);
