/** `make up`, `make down` and `make logs`: in containers where a Docker engine answers, else natively. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import * as compose from "./compose/stack.ts";
import * as native from "./native/stack.ts";
import { isFast, stackVariables, type Variables } from "./settings/environment.ts";
import { serviceOf } from "./settings/replicas.ts";
import { grafanaPassword } from "./settings/secrets.ts";
import { table } from "./table.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);
const variables = stackVariables();
const docker = variables.STACK_FORM === "native" ? false : compose.hasDocker();

const commands: Readonly<Record<string, () => void | Promise<void>>> = {
  async up() {
    if (!docker) say("there is no Docker engine: the stack runs as local processes that listen on 127.0.0.1");
    if (isFast(variables)) say("STACK_FAST=1: every alert window is divided by ten");
    const rows = docker ? compose.up(variables) : await native.up(variables);
    say(table(rows));
    if (rows.some(([name, state]) => name === "grafana" && state === "running")) {
      say(`Grafana login: admin / ${grafanaPassword()}`);
    }
    say("next: make smoke (checks that every signal arrives), make down");
  },
  async down() {
    if (docker) compose.down(variables);
    const stopped = await native.down(variables);
    if (stopped > 0 || !docker) say(`stopped ${stopped} processes`);
  },
  logs() {
    if (docker) compose.logs(variables);
    else follow(variables);
  },
};

const isOf = (name: string, service = ""): boolean => service === "" || [name, serviceOf(name)].includes(service);

function follow({ SERVICE }: Variables): void {
  const folder = join(native.DIRECTORY, "logs");
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => isOf(basename(file, ".log"), SERVICE)) : [];
  if (files.length === 0) throw new Error(`there are no logs${SERVICE ? ` of ${SERVICE}` : ""} yet: run make up first`);
  spawnSync("tail", ["-n", "20", "-F", ...files], { cwd: folder, stdio: "inherit" });
}

try {
  const command = commands[process.argv[2] ?? ""];
  if (command === undefined) throw new Error(`expected one of: ${Object.keys(commands).join(", ")}`);
  await command();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
