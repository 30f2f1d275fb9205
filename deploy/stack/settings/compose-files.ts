/** The compose files that `COMPOSE_FILE` lists, merged as compose merges them, with the replicas of `REPLICAS`. */
import { resolve } from "node:path";
import type { ComposeProject } from "./compose-project.ts";
import { ROOT, type Variables } from "./environment.ts";
import { replicaNames, withReplicas } from "./replicas.ts";
import { readYaml } from "./yaml.ts";

const ROUTER_FILE = "docker-compose.router.yml";

export function composeProject(variables: Variables): ComposeProject {
  const { COMPOSE_FILE = "docker-compose.yml" } = variables;
  const replicas = replicaNames(variables);
  const names = [...COMPOSE_FILE.split(":"), ...(replicas.length > 0 ? [ROUTER_FILE] : [])];
  const files = names.map((file) => readYaml(resolve(ROOT, file)));
  return withReplicas(files.reduce((merged, file) => merge(merged, file)) as ComposeProject, replicas);
}

/** Maps are merged, lists are appended; a command, as any plain value, is replaced. */
function merge(base: unknown, over: unknown, key = ""): unknown {
  if (Array.isArray(base) && Array.isArray(over)) return key === "command" ? over : [...base, ...over];
  if (!isMap(base) || !isMap(over)) return over;
  const merged = { ...base };
  for (const [name, value] of Object.entries(over)) {
    merged[name] = name in base ? merge(base[name], value, name) : value;
  }
  return merged;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
