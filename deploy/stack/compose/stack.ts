/** The stack in containers: docker compose, with the variables that depend on this machine. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { composeProject } from "../settings/compose-files.ts";
import { isFast, ROOT, type Variables } from "../settings/environment.ts";
import { fastForm } from "../settings/fast-form.ts";
import { replicaNames, routerConfiguration, scrapingReplicas, serviceOf } from "../settings/replicas.ts";
import { checkSecrets, grafanaPassword } from "../settings/secrets.ts";
import { readYaml, toYaml } from "../settings/yaml.ts";
import { changedSince, configurationOf, writeFolder } from "./configuration.ts";
import { socketVariables } from "./engine.ts";

const RENDERED = join(ROOT, ".run", "rendered");
const REPLICAS_FILE = ".docker-compose.replicas.yml";
const ROUTER = "haproxy.cfg";

/** Whether a Docker engine answers and its client has compose. */
export const hasDocker = (): boolean =>
  spawnSync("docker", ["info"], { stdio: "ignore", timeout: 10_000 }).status === 0 &&
  spawnSync("docker", ["compose", "version"], { stdio: "ignore" }).status === 0;

/** @returns one row for each address a person opens @throws for an engine that is not on this machine */
export function up(variables: Variables): string[][] {
  const socket = socketVariables(variables);
  grafanaPassword();
  checkSecrets(composeProject(variables), { inContainers: true });
  const all = { ...variables, ...socket, ...render(variables) };
  // Compose leaves a container alone when only the content of what it mounts has changed.
  const outdated = runningSince(all).filter(({ service, since }) => changedSince(configurationOf(service, all), since));
  const stopped = outdated.map(({ service }) => service).filter((service) => RELOADED[service] === undefined);
  if (stopped.length > 0) compose(["stop", ...stopped], all);
  compose(["up", "--build", "--detach", "--wait", "--remove-orphans"], all);
  const still = new Set(runningSince(all).map(({ id }) => id));
  for (const { service, id } of outdated) {
    const check = RELOADED[service];
    if (check !== undefined && still.has(id)) reload(service, check, all);
  }
  const at = (variable: string, path = "") => `http://127.0.0.1:${variables[variable]}${path}`;
  return [
    ["grafana", "running", at("GRAFANA_PORT")],
    ["mcp-server", "running", at("MCP_PORT", "/mcp")],
    ["prometheus", "running", at("PROMETHEUS_PORT")],
    ["alertmanager", "running", at("ALERTMANAGER_PORT")],
    ["alert-receiver", "running", at("ALERT_RECEIVER_PORT", "/alerts")],
    ["loki", "running", at("LOKI_PORT", "/ready")],
    ["tempo", "running", at("TEMPO_PORT", "/ready")],
  ];
}

/** Ends the containers; the volumes stay. */
export const down = (variables: Variables): void => compose(["down", "--remove-orphans"], variables);

/** Ends the containers, and deletes their volumes and images, those of every profile. Images that others use stay. */
export const uninstall = (variables: Variables): void =>
  compose(["--profile", "*", "down", "--remove-orphans", "--volumes", "--rmi", "all"], variables);

/** Of all services, or of `SERVICE` with its replicas. */
export function logs(variables: Variables): void {
  const { SERVICE } = variables;
  const replicas = replicaNames(variables).filter((name) => serviceOf(name) === SERVICE);
  const services = replicas.length === 0 && SERVICE ? [SERVICE] : replicas;
  compose(["logs", "--follow", "--tail=100", ...services], variables);
}

/** What checks the configuration that a program loads again on SIGHUP. All others are started again. */
const RELOADED: Readonly<Record<string, readonly string[]>> = {
  prometheus: ["promtool", "check", "config"],
  alertmanager: ["amtool", "check-config"],
};

function reload(service: string, check: readonly string[], variables: Variables): void {
  compose(["exec", "-T", service, ...check, configurationFile(service, variables)], variables);
  compose(["kill", "--signal", "HUP", service], variables);
}

const configurationFile = (service: string, variables: Variables): string =>
  composeProject(variables)
    .services[service]?.command?.find((arg) => arg.startsWith("--config.file="))
    ?.split("=")[1] ?? "";

interface Running {
  readonly service: string;
  /** Of its container. */
  readonly id: string;
  readonly since: Date;
}

function runningSince(variables: Variables): readonly Running[] {
  const env = { ...variables, ...composeFile(variables) };
  const ask = (...args: string[]) =>
    spawnSync("docker", args, { cwd: ROOT, env, encoding: "utf8" }).stdout.split("\n").filter(Boolean);
  const ids = ask("compose", "ps", "--quiet");
  if (ids.length === 0) return [];
  const format = '{{index .Config.Labels "com.docker.compose.service"}} {{.Id}} {{.State.StartedAt}}';
  return ask("inspect", "--format", format, ...ids).map((line) => {
    const [service = "", id = "", since = ""] = line.split(" ");
    return { service, id, since: new Date(since) };
  });
}

function compose(args: readonly string[], variables: Variables): void {
  const { status } = spawnSync("docker", ["compose", ...args], {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...variables, ...composeFile(variables) },
  });
  if (status !== 0) throw new Error(`docker compose ${args.join(" ")} failed: see above`);
}

/**
 * The variable that names the file with the replicas, where there are any. The file lies in the checkout, because compose
 * reads its relative paths from there.
 */
export function composeFile(variables: Variables): Record<string, string> {
  if (replicaNames(variables).length === 0) return {};
  writeFileSync(join(ROOT, REPLICAS_FILE), toYaml(composeProject(variables)));
  return { COMPOSE_FILE: REPLICAS_FILE };
}

/** @returns the variables by which compose mounts the rendered files */
function render(variables: Variables): Record<string, string> {
  const replicas = replicaNames(variables);
  const fast = isFast(variables);
  if (!fast && replicas.length === 0) return {};
  const writeSettings = (folder: string, files: readonly string[]): string => {
    const settings = files.map((file) => {
      const read = scrapingReplicas(readYaml(join(ROOT, folder, file)), replicas);
      return [file, toYaml(fast ? fastForm(read) : read)] as const;
    });
    return writeFolder(join(RENDERED, folder), Object.fromEntries(settings));
  };
  writeSettings("prometheus/rules", readdirSync(join(ROOT, "prometheus", "rules")));
  const router = routerConfiguration(readFileSync(join(ROOT, "deploy", "router", ROUTER), "utf8"), replicas);
  return {
    PROMETHEUS_DIR: writeSettings("prometheus", ["prometheus.yml", "alertmanager.yml", "alertmanager.receivers.yml"]),
    LOKI_RULES_DIR: writeSettings("loki/rules", readdirSync(join(ROOT, "loki", "rules"))),
    ROUTER_DIR: writeFolder(join(RENDERED, "router"), { [ROUTER]: router }),
  };
}
