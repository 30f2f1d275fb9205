/** `make workflows`: actionlint and zizmor check the workflows of .github, where they are installed. */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { ROOT, stackVariables } from "../../deploy/stack/settings/environment.ts";
import { findLinter, WORKFLOW_LINTERS } from "../lib/workflow-linters.ts";

const workflows = globSync(".github/workflows/*.yml", { cwd: ROOT });

for (const linter of WORKFLOW_LINTERS) {
  const path = findLinter(linter, stackVariables());
  if (path === undefined) {
    process.stdout.write(`not verified: workflows (${linter.name} is not installed; make programs)\n`);
    continue;
  }
  const { status, stdout, stderr } = spawnSync(path, [...linter.args, ...workflows], { cwd: ROOT, encoding: "utf8" });
  process.stdout.write(status === 0 ? `${linter.name}: no findings in the workflows\n` : `${stdout}${stderr}`);
  if (status !== 0) process.exitCode = 1;
}
