/** `make up`, `make down`, `make logs` and `make uninstall`: in containers where a Docker engine answers, else natively. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import * as compose from "./compose/stack.ts";
import * as native from "./native/stack.ts";
import { isFast, ROOT, stackVariables, type Variables } from "./settings/environment.ts";
import { loopbackOf, replicaNames, serviceOf } from "./settings/replicas.ts";
import { grafanaPassword } from "./settings/secrets.ts";
import { secondsSince } from "./step.ts";
import { table } from "./table.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);
const variables = stackVariables();
const docker = variables.STACK_FORM === "native" ? false : compose.hasDocker();

const commands: Readonly<Record<string, () => void | Promise<void>>> = {
  async up() {
    const why = variables.STACK_FORM === "native" ? "STACK_FORM=native" : "there is no Docker engine";
    if (!docker) say(`${why}: the stack runs as local processes that listen on 127.0.0.1`);
    if (isFast(variables)) say("STACK_FAST=1: every alert window is divided by ten");
    const since = performance.now();
    const rows = docker ? compose.up(variables) : await native.up(variables);
    say(`${table(rows)}\nup after ${secondsSince(since)}\n`);
    say(`look at  ${whereToLook(rows)}`);
    say(`try      ${TRY[0]}`);
  },
  async down() {
    if (docker) compose.down(variables);
    const stopped = await native.down(variables);
    if (stopped > 0 || !docker) say(`stopped ${stopped} processes`);
  },
  async uninstall() {
    const engine = compose.hasDocker();
    if (engine) compose.uninstall(variables);
    await native.down(variables);
    for (const path of MADE) rmSync(join(ROOT, path), { recursive: true, force: true });
    say(`deleted ${MADE.join(", ")}${engine ? ", and the stack's containers, volumes and images" : ""}`);
    say("left: .env.local, the packages of Debian that make up installed, and this checkout");
  },
  logs() {
    if (docker) compose.logs(variables);
    else follow(variables);
  },
};

/** What a newcomer can do next, the most telling first. */
const TRY = [
  "make traffic FAULT=errors, which makes a tool fail for three minutes and says where to see it", // demo
  "make smoke, which tests that every signal arrives",
];

/** What the targets of this repository make in the checkout. */
const MADE = [".run", ".secrets", ".tools", ".docker-compose.replicas.yml", "node_modules"];

/** Grafana, or where it does not run, the inspector, which the server has. */
function whereToLook(rows: readonly (readonly string[])[]): string {
  const [, , grafana] = rows.find(([name, state]) => name === "grafana" && state === "running") ?? [];
  if (grafana !== undefined) return `${grafana}  (Grafana; login: admin / ${grafanaPassword()})`;
  const host = loopbackOf(replicaNames(variables)[0] ?? "mcp-server");
  return `http://${host}:${variables.METRICS_PORT}/inspect  (the inspector: every session and call)`;
}

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
