/** The stack in containers: docker compose, with the variables that depend on this machine. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isFast, ROOT, type Variables } from "../settings/environment.ts";
import { fastForm } from "../settings/fast-form.ts";
import { grafanaPassword } from "../settings/secrets.ts";
import { readYaml, toYaml } from "../settings/yaml.ts";
import { socketVariables } from "./engine.ts";

const FAST = join(ROOT, ".run", "fast");

/** Whether a Docker engine answers and its client has compose. */
export const hasDocker = (): boolean =>
  spawnSync("docker", ["info"], { stdio: "ignore", timeout: 10_000 }).status === 0 &&
  spawnSync("docker", ["compose", "version"], { stdio: "ignore" }).status === 0;

/** @returns one row for each address a person opens @throws for an engine that is not on this machine */
export function up(variables: Variables): string[][] {
  const socket = socketVariables(variables);
  grafanaPassword();
  const own = { ...variables, ...socket, ...(isFast(variables) && renderFast()) };
  compose(["up", "--build", "--detach", "--wait"], own);
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

export const logs = (variables: Variables): void => compose(["logs", "--follow", "--tail=100"], variables);

function compose(args: readonly string[], variables: Variables): void {
  const { status } = spawnSync("docker", ["compose", ...args], {
    cwd: ROOT,
    stdio: "inherit",
    env: variables,
  });
  if (status !== 0) throw new Error(`docker compose ${args[0]} failed: see above`);
}

/** @returns the variables by which compose mounts the shortened files */
function renderFast(): Record<string, string> {
  rmSync(FAST, { recursive: true, force: true });
  const shorten = (folder: string, files: readonly string[]): string => {
    mkdirSync(join(FAST, folder), { recursive: true });
    for (const file of files) {
      writeFileSync(join(FAST, folder, file), toYaml(fastForm(readYaml(join(ROOT, folder, file)))));
    }
    return join(FAST, folder);
  };
  shorten("prometheus/rules", readdirSync(join(ROOT, "prometheus", "rules")));
  return {
    PROMETHEUS_DIR: shorten("prometheus", ["prometheus.yml", "alertmanager.yml", "alertmanager.receivers.yml"]),
    LOKI_RULES_DIR: shorten("loki/rules", readdirSync(join(ROOT, "loki", "rules"))),
  };
}
