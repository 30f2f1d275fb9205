/**
 * `make programs`: on Debian as root, installs the distribution's Prometheus, Alertmanager and HAProxy, and Chromium for tests.
 * Anywhere, installs the linters of the workflows, and what checks the manifests of Kubernetes, in .tools/, where Go, npm
 * and Python's pip are there to do it.
 */
import { spawnSync } from "node:child_process";
import { findChromium, findProgram, howToGet, installMissing } from "../../deploy/stack/native/programs.ts";
import { nativeServices } from "../../deploy/stack/native/services.ts";
import { stackVariables } from "../../deploy/stack/settings/environment.ts";
import { installKubernetesPrograms } from "../lib/kubernetes-programs.ts";
import { findLinter, WORKFLOW_LINTERS } from "../lib/workflow-linters.ts";

const variables = stackVariables();
/** With the router, which only several replicas need. */
const services = nativeServices({ ...variables, REPLICAS: "2" });
const missing = (): readonly string[] => [
  ...services.flatMap(({ programs: [program], programs }) =>
    program !== undefined && findProgram(programs, variables) === undefined ? [program] : [],
  ),
  ...(findChromium(variables) === undefined ? ["chromium"] : []),
];

await installMissing(missing(), variables);
for (const name of missing()) process.stdout.write(`${name} is not installed; to install it: ${howToGet(name)}\n`);

for (const linter of WORKFLOW_LINTERS) {
  if (findLinter(linter, variables) !== undefined) continue;
  const [program, args, environment] = linter.install;
  const { status } = spawnSync(program, args, { stdio: "ignore", env: { ...process.env, ...environment } });
  if (status !== 0)
    process.stdout.write(`${linter.name} is not installed; to install it: ${program} ${args.join(" ")}\n`);
}

for (const line of installKubernetesPrograms(variables)) process.stdout.write(`${line}\n`);
