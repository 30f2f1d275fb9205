/** The part of `make check` that asks a compose client whether it accepts the compose files. */
import { spawnSync } from "node:child_process";
import { findProgram } from "../../deploy/stack/native/programs.ts";
import { ROOT, stackVariables, type Variables } from "../../deploy/stack/settings/environment.ts";

const variables = stackVariables();
const client = composeClient(variables);
if (client === undefined) {
  process.stdout.write("not verified: the compose files (no compose client on this machine)\n");
  process.exit(0);
}
accept("as .env has them", variables);
accept("docker-compose.yml alone", { ...variables, COMPOSE_FILE: "docker-compose.yml" });
accept("with plain tags in place of digests", withPlainTags(variables));
accept("with docker-compose.receivers.yml added", {
  ...variables,
  COMPOSE_FILE: `${variables.COMPOSE_FILE}:docker-compose.receivers.yml`,
});

function composeClient(of: Variables): readonly string[] | undefined {
  if (spawnSync("docker", ["compose", "version"], { stdio: "ignore" }).status === 0) return ["docker", "compose"];
  const standalone = findProgram(["docker-compose"], of);
  return standalone === undefined ? undefined : [standalone];
}

function accept(how: string, environment: Variables): void {
  const [program = "", ...args] = client ?? [];
  const { status, stderr } = spawnSync(program, [...args, "config", "-q"], {
    cwd: ROOT,
    env: environment,
    encoding: "utf8",
  });
  process.stdout.write(`compose files, ${how}: ${status === 0 ? "accepted" : `refused\n${stderr}`}\n`);
  if (status !== 0) process.exit(1);
}

function withPlainTags(of: Variables): Variables {
  const images = Object.entries(of).filter(([name]) => name.endsWith("_IMAGE"));
  return {
    ...of,
    ...Object.fromEntries(images.map(([name, image]) => [name, image.replace(/@sha256:.*/, "")])),
  };
}
