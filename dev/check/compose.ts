/** The part of `make check` that validates docker-compose.yml with a compose client. */
import { spawnSync } from "node:child_process";
import { composeFile } from "../../deploy/stack/compose/stack.ts";
import { findProgram } from "../../deploy/stack/native/programs.ts";
import { ROOT, stackVariables, type Variables } from "../../deploy/stack/settings/environment.ts";

const variables = stackVariables();
const client = composeClient(variables);
if (client === undefined) {
  process.stdout.write("not verified: the compose files (no compose client on this machine)\n");
  process.exit(0);
}
validate("as .env selects them", variables);
validate("docker-compose.yml alone", { ...variables, COMPOSE_FILE: "docker-compose.yml" });
validate("with image tags instead of digests", withPlainTags(variables));
validate("with three replicas", { ...variables, ...composeFile({ ...variables, REPLICAS: "3" }) });
validate("with docker-compose.receivers.yml added", {
  ...variables,
  COMPOSE_FILE: `${variables.COMPOSE_FILE}:docker-compose.receivers.yml`,
});

function composeClient(environment: Variables): readonly string[] | undefined {
  if (spawnSync("docker", ["compose", "version"], { stdio: "ignore" }).status === 0) return ["docker", "compose"];
  const standalone = findProgram(["docker-compose"], environment);
  return standalone === undefined ? undefined : [standalone];
}

function validate(variant: string, environment: Variables): void {
  const [program = "", ...args] = client ?? [];
  const { status, stderr } = spawnSync(program, [...args, "config", "-q"], {
    cwd: ROOT,
    env: environment,
    encoding: "utf8",
  });
  process.stdout.write(`compose files ${variant}: ${status === 0 ? "valid" : `invalid\n${stderr}`}\n`);
  if (status !== 0) process.exit(1);
}

function withPlainTags(environment: Variables): Variables {
  const images = Object.entries(environment).filter(([name]) => name.endsWith("_IMAGE"));
  return {
    ...environment,
    ...Object.fromEntries(images.map(([name, image]) => [name, image.replace(/@sha256:.*/, "")])),
  };
}
