/** The stack in containers: docker compose, with the variables that depend on this machine. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { composeProject } from "../settings/compose-files.ts";
import { isFast, ROOT, type Variables } from "../settings/environment.ts";
import { fastForm } from "../settings/fast-form.ts";
import { replicaNames, routerConfiguration, scrapingReplicas } from "../settings/replicas.ts";
import { grafanaPassword } from "../settings/secrets.ts";
import { readYaml, toYaml } from "../settings/yaml.ts";
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
  compose(["up", "--build", "--detach", "--wait", "--remove-orphans"], {
    ...variables,
    ...socket,
    ...render(variables),
  });
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

export const logs = (variables: Variables): void => compose(["logs", "--follow", "--tail=100"], variables);

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
  rmSync(RENDERED, { recursive: true, force: true });
  const write = (folder: string, file: string, content: string) => {
    mkdirSync(join(RENDERED, folder), { recursive: true });
    writeFileSync(join(RENDERED, folder, file), content);
  };
  const writeSettings = (folder: string, files: readonly string[]): string => {
    for (const file of files) {
      const settings = scrapingReplicas(readYaml(join(ROOT, folder, file)), replicas);
      write(folder, file, toYaml(fast ? fastForm(settings) : settings));
    }
    return join(RENDERED, folder);
  };
  writeSettings("prometheus/rules", readdirSync(join(ROOT, "prometheus", "rules")));
  write("router", ROUTER, routerConfiguration(readFileSync(join(ROOT, "deploy", "router", ROUTER), "utf8"), replicas));
  return {
    PROMETHEUS_DIR: writeSettings("prometheus", ["prometheus.yml", "alertmanager.yml", "alertmanager.receivers.yml"]),
    LOKI_RULES_DIR: writeSettings("loki/rules", readdirSync(join(ROOT, "loki", "rules"))),
    ROUTER_DIR: join(RENDERED, "router"),
  };
}
