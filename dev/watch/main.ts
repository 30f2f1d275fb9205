/**
 * `make dev`: the server, and the services that it depends on in the compose files, with readable logs and the
 * inspector. Each is restarted when a file changes. Beside a running stack, it has ports of its own.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Addresses } from "../../deploy/stack/native/addresses.ts";
import { sayTaken, takenPorts } from "../../deploy/stack/native/ports.ts";
import { type Rendering, renderService } from "../../deploy/stack/native/render.ts";
import { nativeServices } from "../../deploy/stack/native/services.ts";
import { composeProject } from "../../deploy/stack/settings/compose-files.ts";
import { ROOT, stackVariables, type Variables } from "../../deploy/stack/settings/environment.ts";
import { readable } from "./readable-line.ts";

const SERVER = "mcp-server";
/** The rest of the stack may not run. */
const OF_THE_STACK = /^OTEL_(EXPORTER|METRIC)|_GRAFANA_URL$/;
/** How far from the stack's ports those are that are used beside it. */
const ASIDE = 10_000;
const MAX_PORT = 65_535;

const say = (text: string) => process.stdout.write(`${text}\n`);
const stack: Variables = { ...stackVariables(), REPLICAS: "1" };
const needed = Object.keys(composeProject(stack).services[SERVER]?.depends_on ?? {});
const names = [...needed, SERVER];

const taken = await takenPorts(names, new Addresses(stack));
const variables = taken.length === 0 ? stack : aside(stack);
const alsoTaken = taken.length === 0 ? [] : await takenPorts(names, new Addresses(variables));
if (alsoTaken.length > 0) {
  process.stderr.write([...taken, ...alsoTaken].map((port) => `${sayTaken(port)}\n`).join(""));
  process.exit(1);
}

const rendering: Rendering = {
  variables,
  addresses: new Addresses(variables),
  directory: join(ROOT, ".run", "dev"),
  present: new Set(names),
  logFile: (service) => join(ROOT, ".run", "dev", `${service}.log`),
};

function aside(variables: Variables): Variables {
  const ports = nativeServices(variables)
    .filter(({ name }) => names.includes(name))
    .flatMap((service) => Object.entries(service.ports));
  const moved = ports.map(([port, variable]) => {
    const own = Number(variables[variable] || port);
    return [variable, String(own + ASIDE > MAX_PORT ? own - ASIDE : own + ASIDE)];
  });
  return { ...variables, ...Object.fromEntries(moved) };
}

/** As compose runs it: its command begins with `node`. */
function start(name: string): ChildProcess {
  const { args, environment } = renderService(name, rendering);
  const own = Object.entries(environment).filter(([variable]) => !OF_THE_STACK.test(variable));
  const child = spawn(process.execPath, ["--watch", ...args.slice(1)], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...variables, ...Object.fromEntries(own) },
  });
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (line) => say(named(name, readable(line))));
  }
  return child;
}

const WIDTH = Math.max(...names.map(({ length }) => length));
const named = (name: string, text: string): string => text.replace(/^/gm, `${name.padEnd(WIDTH)} | `);

if (taken.length > 0)
  say(`${taken.map(({ port }) => port).join(", ")}: taken, as beside make up; make dev has other ports`);
say(`call its tools at            http://127.0.0.1:${variables.MCP_PORT}/mcp`);
say(`see every session and call at http://127.0.0.1:${variables.METRICS_PORT}/inspect`);
const children = names.map(start);
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {
  for (const child of children) child.kill("SIGTERM");
});
