/**
 * Several replicas of the server behind a router: `make up REPLICAS=3`. A replica has the name that a StatefulSet of
 * Kubernetes would give its pod.
 */
import type { ComposeProject, ComposeService } from "./compose-project.ts";
import type { Variables } from "./environment.ts";

const SERVER = "mcp-server";
const ROUTER = "router";
const MAX = 50;

/** @returns none where one server runs without a router @throws for a number that cannot be used */
export function replicaNames({ REPLICAS }: Variables): readonly string[] {
  const count = /^\d{1,3}$/.test(REPLICAS || "1") ? Number(REPLICAS || "1") : 0;
  if (count < 1 || count > MAX) throw new Error(`REPLICAS: expected a whole number from 1 to ${MAX}`);
  return count === 1 ? [] : Array.from({ length: count }, (_, number) => `${SERVER}-${number}`);
}

/** The name of the service, whether it is one of its replicas or not. */
export const serviceOf = (name: string): string => (numberOf(name) === undefined ? name : SERVER);

/** The loopback address of a service: each replica has one of its own, so that all have the same ports. */
export function loopbackOf(name: string): string {
  const number = numberOf(name);
  return number === undefined ? "127.0.0.1" : `127.0.0.${11 + number}`;
}

function numberOf(name: string): number | undefined {
  const number = name.startsWith(`${SERVER}-`) ? name.slice(SERVER.length + 1) : "";
  return /^\d+$/.test(number) ? Number(number) : undefined;
}

/** Makes of the server's service one for each replica. The first builds the image. Who depends on it then depends on the router. */
export function withReplicas(project: ComposeProject, names: readonly string[]): ComposeProject {
  const { [SERVER]: server, ...others } = project.services;
  if (names.length === 0 || server === undefined) return project;
  const { build: _, ...built } = server;
  const replicas = names.map((name, number) => [name, replica(number === 0 ? server : built, name)]);
  const rest = Object.entries(others).map(([name, service]) => [
    name,
    dependingOn(service, name === ROUTER ? names : [ROUTER]),
  ]);
  return { ...project, services: Object.fromEntries([...replicas, ...rest]) };
}

const replica = (server: ComposeService, name: string): ComposeService => ({
  ...server,
  environment: {
    ...server.environment,
    MCP_REPLICA: name,
    METRICS_ALLOWED_HOSTS: `${server.environment?.METRICS_ALLOWED_HOSTS},${name}`,
  },
  ...(server.ports && { ports: server.ports.map((port) => port.replace("127.0.0.1", loopbackOf(name))) }),
  ...(server["x-native"] && {
    "x-native": {
      ...server["x-native"],
      ready: server["x-native"].ready.replace(SERVER, name),
      url: server["x-native"].url.replace(SERVER, name),
    },
  }),
});

function dependingOn({ depends_on, ...service }: ComposeService, names: readonly string[]): ComposeService {
  if (depends_on === undefined) return service;
  const { [SERVER]: condition, ...others } = depends_on;
  if (condition === undefined) return { ...service, depends_on };
  return { ...service, depends_on: { ...others, ...Object.fromEntries(names.map((name) => [name, condition])) } };
}

/**
 * A configuration of HAProxy: each line that contains REPLICA is repeated for each replica.
 *
 * @param addressOf the host name at which the router finds a replica
 */
export const routerConfiguration = (
  template: string,
  names: readonly string[],
  addressOf: (name: string) => string = (name) => name,
): string =>
  template
    .split("\n")
    .flatMap((line) =>
      line.includes("REPLICA") && !line.startsWith("#")
        ? names.map((name) => line.replaceAll("REPLICA", name).replace("ADDRESS", addressOf(name)))
        : [line],
    )
    .join("\n");

type Job = Readonly<Record<string, unknown>> & { readonly job_name: string };

/** A configuration of Prometheus, in which each replica is a target, and its name is the label `instance`. */
export function scrapingReplicas(file: unknown, names: readonly string[]): unknown {
  if (names.length === 0 || typeof file !== "object" || file === null || !("scrape_configs" in file)) return file;
  const scrape_configs = (file.scrape_configs as readonly Job[]).map((discovered) => {
    if (discovered.job_name !== SERVER) return discovered;
    const { dns_sd_configs, relabel_configs: _, ...job } = discovered;
    const [{ port }] = dns_sd_configs as readonly [{ readonly port: number }];
    return {
      ...job,
      static_configs: names.map((name) => ({ targets: [`${name}:${port}`], labels: { instance: name } })),
    };
  });
  return { ...file, scrape_configs };
}
