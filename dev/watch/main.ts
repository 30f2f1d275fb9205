/**
 * `make dev`: the server, and the services that it depends on in the compose files, with pretty logs and the
 * inspector. Each is restarted when a file changes.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { Addresses } from "../../deploy/stack/native/addresses.ts";
import { sayTaken, takenPorts } from "../../deploy/stack/native/ports.ts";
import { type Rendering, renderService } from "../../deploy/stack/native/render.ts";
import { DIRECTORY, logFile } from "../../deploy/stack/native/stack.ts";
import { composeProject } from "../../deploy/stack/settings/compose-files.ts";
import { ROOT, stackVariables, type Variables } from "../../deploy/stack/settings/environment.ts";

const SERVER = "mcp-server";
/** The rest of the stack does not run. */
const OF_THE_STACK = /^OTEL_(EXPORTER|METRIC)|_GRAFANA_URL$/;

const variables: Variables = { ...stackVariables(), REPLICAS: "1" };
const needed = Object.keys(composeProject(variables).services[SERVER]?.depends_on ?? {});
const rendering: Rendering = {
  variables,
  addresses: new Addresses(variables),
  directory: DIRECTORY,
  present: new Set([SERVER, ...needed]),
  logFile,
};

/** As compose runs it: its command begins with `node`. */
function start(name: string): ChildProcess {
  const { args, environment } = renderService(name, rendering);
  const own = Object.entries(environment).filter(([variable]) => !OF_THE_STACK.test(variable));
  return spawn(process.execPath, ["--watch", ...args.slice(1)], {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...variables, ...Object.fromEntries(own) },
  });
}

const taken = await takenPorts([...needed, SERVER], rendering.addresses);
if (taken.length > 0) {
  process.stderr.write(taken.map((port) => `${sayTaken(port)}\n`).join(""));
  process.exit(1);
}
process.stdout.write(`see every session and call at http://127.0.0.1:${variables.METRICS_PORT}/inspect\n`);
const children = [...needed, SERVER].map(start);
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {
  for (const child of children) child.kill("SIGTERM");
});
