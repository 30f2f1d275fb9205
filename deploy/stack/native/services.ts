/**
 * The services of the compose files that can run without Docker: third-party programs by the list below, programs of
 * this project by their `x-native`. What they run, with which arguments and environment, the compose files say.
 */
import { composeProject } from "../settings/compose-files.ts";
import type { ComposeService } from "../settings/compose-project.ts";
import type { Variables } from "../settings/environment.ts";

export interface NativeService {
  readonly name: string;
  /** Other names under which the services of the stack reach it. */
  readonly aliases: readonly string[];
  /** Names the program may have on PATH; none for this project's own processes. */
  readonly programs: readonly string[];
  /** Answers 200 when the service is ready, as `service:port/path` in compose's terms; undefined: not waited for. */
  readonly ready: string | undefined;
  /** What a person opens, likewise. */
  readonly url: string;
  /** Its ports in compose, and the variable that sets each one's number here. */
  readonly ports: Readonly<Record<number, string>>;
}

const THIRD_PARTY: readonly Omit<NativeService, "aliases">[] = [
  {
    name: "alertmanager",
    programs: ["alertmanager", "prometheus-alertmanager"],
    ready: "alertmanager:9093/-/ready",
    url: "alertmanager:9093",
    ports: { 9093: "ALERTMANAGER_PORT" },
  },
  {
    name: "prometheus",
    programs: ["prometheus"],
    ready: "prometheus:9090/-/ready",
    url: "prometheus:9090",
    ports: { 9090: "PROMETHEUS_PORT" },
  },
  {
    name: "loki",
    programs: ["loki"],
    ready: "loki:3100/ready",
    url: "loki:3100/ready",
    ports: { 3100: "LOKI_PORT", 9095: "LOKI_GRPC_PORT" },
  },
  {
    name: "tempo",
    programs: ["tempo"],
    ready: "tempo:3200/ready",
    url: "tempo:3200/ready",
    ports: { 3200: "TEMPO_PORT", 4317: "OTLP_GRPC_PORT", 4318: "OTLP_HTTP_PORT", 9096: "TEMPO_GRPC_PORT" },
  },
  {
    name: "promtail",
    programs: ["promtail"],
    ready: undefined,
    url: "promtail:9080/targets",
    ports: { 9080: "PROMTAIL_PORT", 9097: "PROMTAIL_GRPC_PORT" },
  },
  {
    name: "grafana",
    programs: ["grafana"],
    ready: "grafana:3000/api/health",
    url: "grafana:3000",
    ports: { 3000: "GRAFANA_PORT" },
  },
  {
    name: "router",
    programs: ["haproxy"],
    ready: "router:8405/readyz",
    url: "router:3001/mcp",
    ports: { 3001: "MCP_PORT", 8405: "ROUTER_PORT" },
  },
];

/** In the order they start: each after the services that it depends on. */
export function nativeServices(variables: Variables): readonly NativeService[] {
  const { services } = composeProject(variables);
  const own = Object.entries(services).flatMap(([name, { "x-native": native }]) =>
    native === undefined ? [] : [{ name, programs: [], ...native }],
  );
  const thirdParty = THIRD_PARTY.filter(({ name }) => services[name] !== undefined);
  const all = [...thirdParty, ...own].map((service) => ({ aliases: aliasesOf(services[service.name]), ...service }));
  const ordered = new Set<NativeService>();
  const add = (service: NativeService): void => {
    for (const needed of Object.keys(services[service.name]?.depends_on ?? {}))
      all.filter(({ name }) => name === needed).forEach(add);
    ordered.add(service);
  };
  all.forEach(add);
  return [...ordered];
}

function aliasesOf(service: ComposeService | undefined): readonly string[] {
  const { networks } = service ?? {};
  return networks === undefined || Array.isArray(networks)
    ? []
    : Object.values(networks).flatMap(({ aliases }) => aliases ?? []);
}
