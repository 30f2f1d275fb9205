/** The stack without Docker: the same services as processes on loopback, as far as their programs are on this machine. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { composeProject } from "../settings/compose-files.ts";
import { isFast, ROOT, type Variables } from "../settings/environment.ts";
import { serviceOf } from "../settings/replicas.ts";
import { checkSecrets, grafanaPassword } from "../settings/secrets.ts";
import { step } from "../step.ts";
import { Addresses } from "./addresses.ts";
import { sayTaken, takenPorts } from "./ports.ts";
import { Processes, type Program } from "./processes.ts";
import { findProgram, howToGet, installMissing, knownFlags, knowsFlag } from "./programs.ts";
import { type RenderedService, type Rendering, renderService } from "./render.ts";
import { type NativeService, nativeServices } from "./services.ts";

const READY_MS = 60_000;
/** As the longest `stop_grace_period` in docker-compose.yml: Tempo's. */
export const STOP_MS = 40_000;
export const DIRECTORY = join(ROOT, ".run", "native");
export const logFile = (service: string, directory = DIRECTORY): string => join(directory, "logs", `${service}.log`);

/**
 * @param directory where configuration, data and logs lie; what runs is noted in {@link DIRECTORY} wherever they lie
 * @returns one row for each service: name, state, where or how to get it
 */
export async function up(variables: Variables, directory = DIRECTORY): Promise<string[][]> {
  mkdirSync(join(directory, "logs"), { recursive: true });
  grafanaPassword();
  checkSecrets(composeProject(variables), { inContainers: false });
  const addresses = new Addresses(variables);
  const processes = new Processes(DIRECTORY);
  const services = nativeServices(variables);
  await installMissing(services.filter((service) => isAbsent(service, variables)).map(programOrName), variables);
  const present = services.filter((service) => !isAbsent(service, variables));
  const rendering: Rendering = {
    variables,
    addresses,
    directory,
    present: new Set(namesOf(present).flatMap((name) => [name, serviceOf(name)])),
    logFile: (service) => logFile(service, directory),
  };
  const planned = present.map((service) => ({ service, program: programOf(service, rendering) }));
  const toStart = planned.filter(({ service, program }) => !processes.isCurrent(service.name, program.fingerprint));
  const noLonger = processes.names().filter((name) => !namesOf(present).includes(name));
  const outOfDate = [...noLonger, ...namesOf(toStart.map(({ service }) => service))];
  const running = outOfDate.filter((name) => processes.isRunning(name));
  const stop = () => processes.stop(outOfDate, STOP_MS);
  await (running.length === 0 ? stop() : step(`stopping ${running.join(", ")}`, stop));
  const taken = await takenPorts(namesOf(toStart.map(({ service }) => service)), addresses);
  if (taken.length > 0) throw new Error(taken.map(sayTaken).join("\n"));

  for (const { service, program } of toStart) {
    // As the entrypoint in docker-compose.yml does, for the reason that stands there.
    if (service.name === "alertmanager") {
      rmSync(join(directory, "root", service.name, "alertmanager", "nflog"), { force: true });
    }
    await step(`starting ${service.name}`, () => start(service, program, addresses, processes));
  }
  return services.map((service) =>
    rendering.present.has(service.name)
      ? [service.name, "running", addresses.url(service.url)]
      : [service.name, "–", howToGet(programOrName(service), variables)],
  );
}

const namesOf = (services: readonly NativeService[]): string[] => services.map(({ name }) => name);

const programOrName = ({ name, programs }: NativeService): string => programs[0] ?? name;

const isAbsent = ({ programs }: NativeService, variables: Variables): boolean =>
  programs.length > 0 && findProgram(programs, variables) === undefined;

async function start(
  { name, ready }: NativeService,
  program: Program,
  addresses: Addresses,
  processes: Processes,
): Promise<void> {
  await processes.start(name, program);
  if (ready === undefined) return;
  const deadline = performance.now() + READY_MS;
  while (!(await answers(addresses.url(ready)))) {
    if (!processes.isRunning(name)) throw new Error(`${name} ended while it started: see ${program.logFile}`);
    if (performance.now() > deadline) {
      throw new Error(`${name} is not ready after ${READY_MS / 1000} s: see ${program.logFile}`);
    }
    await sleep(100);
  }
}

/** Whether a GET of this URL is answered with success. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** What compose would run, for this machine. */
function programOf(service: NativeService, rendering: Rendering): Program {
  const { name, programs } = service;
  const { variables } = rendering;
  const rendered = renderService(name, rendering);
  const environment = { PATH: variables.PATH ?? "", HOME: variables.HOME ?? "", ...rendered.environment };
  const own = programs.length === 0;
  const path = own ? process.execPath : (findProgram(programs, variables) ?? name);
  const adapted = own
    ? ownProcess(rendered, environment, rendering)
    : component(service, path, rendered, environment, rendering);
  const log = rendering.logFile(name);
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([path, adapted.args, adapted.environment, rendered.files, log, own ? sourcesChanged() : 0]))
    .digest("hex");
  return { path, ...adapted, cwd: ROOT, logFile: log, fingerprint };
}

interface Adapted {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Compose's command begins with `node`. What is sent to a component that does not run would be counted as lost. */
function ownProcess({ args }: RenderedService, environment: Record<string, string>, around: Rendering): Adapted {
  const {
    OTEL_METRICS_EXPORTER: metrics,
    OTEL_EXPORTER_OTLP_ENDPOINT: traces,
    MCP_INSPECT_GRAFANA_URL: grafana,
  } = environment;
  return {
    args: args.slice(1),
    environment: {
      ...environment,
      ...(metrics !== undefined && !takesOtlp(around.variables) && { OTEL_METRICS_EXPORTER: "none" }),
      ...(traces !== undefined && !around.present.has("tempo") && { OTEL_EXPORTER_OTLP_ENDPOINT: "" }),
      ...(grafana !== undefined && !around.present.has("grafana") && { MCP_INSPECT_GRAFANA_URL: "" }),
    },
  };
}

function component(
  { name }: NativeService,
  path: string,
  { args }: RenderedService,
  environment: Record<string, string>,
  { addresses, variables, directory }: Rendering,
): Adapted {
  const listen = `--web.listen-address=127.0.0.1:${addresses.of(name)[0]?.port}`;
  switch (name) {
    case "prometheus":
      return {
        args: knownFlags(path, [...args, listen, ...(isFast(variables) ? ["--rules.alert.resend-delay=6s"] : [])]),
        environment,
      };
    case "alertmanager":
      return { args: knownFlags(path, [...args, listen]), environment };
    case "grafana":
      return grafana(environment, addresses.port(name, 3000), variables, join(directory, "root", name));
    default:
      return { args, environment };
  }
}

/** `GRAFANA_HOME` is its home path, where it is not the packaged one. */
function grafana(environment: Record<string, string>, port: number, variables: Variables, root: string): Adapted {
  const { GF_SECURITY_ADMIN_PASSWORD__FILE: _, ...rest } = environment;
  const plugins = join(root, "var/lib/grafana/plugins");
  mkdirSync(plugins, { recursive: true });
  return {
    args: ["server", ...(variables.GRAFANA_HOME ? [`--homepath=${variables.GRAFANA_HOME}`] : [])],
    environment: {
      ...rest,
      GF_SERVER_HTTP_ADDR: "127.0.0.1",
      GF_SERVER_HTTP_PORT: String(port),
      GF_SECURITY_ADMIN_PASSWORD: grafanaPassword(),
      GF_PATHS_PROVISIONING: join(root, "etc/grafana/provisioning"),
      GF_PATHS_DATA: join(root, "var/lib/grafana"),
      GF_PATHS_PLUGINS: plugins,
      // In its other mode, it also writes a file below its home path.
      GF_LOG_MODE: "console",
      GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: join(root, "etc/grafana/dashboards/mcp-overview.json"),
    },
  };
}

/** When the sources of the own processes were last changed. */
const sourcesChanged = (): number =>
  Math.max(
    ...["server", "deploy"].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
    ),
  );

/** Whether the Prometheus of this machine takes OTLP. */
function takesOtlp(variables: Variables): boolean {
  const prometheus = findProgram(["prometheus"], variables);
  return prometheus !== undefined && knowsFlag(prometheus, "web.enable-otlp-receiver");
}

/** Ends every process of the native form; what they stored stays. */
export async function down(variables: Variables): Promise<number> {
  const processes = new Processes(DIRECTORY);
  const running = processes.names();
  // Senders first, so that what they flush is still received.
  const thirdParty = namesOf(nativeServices(variables).filter(({ programs }) => programs.length > 0));
  const senders = running.filter((name) => !thirdParty.includes(name));
  await processes.stop(senders, STOP_MS);
  await processes.stop(
    running.filter((name) => !senders.includes(name)),
    STOP_MS,
  );
  return running.length;
}
