/** The components of the running stack, at the ports that the stack's variables name. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, type Variables } from "../../deploy/stack/settings/environment.ts";
import { loopbackOf, replicaNames } from "../../deploy/stack/settings/replicas.ts";

export const COMPONENTS = [
  "mcp-server",
  "prometheus",
  "alertmanager",
  "alert-receiver",
  "loki",
  "promtail",
  "alloy",
  "tempo",
  "grafana",
  "router",
] as const;
export type Component = (typeof COMPONENTS)[number];

/** The components of this stack: it has either Promtail or Alloy, and a router only with several replicas. */
export function componentsOf(variables: Variables): readonly Component[] {
  const absent = [
    variables.COMPOSE_PROFILES === "alloy" ? "promtail" : "alloy",
    ...(replicaNames(variables).length === 0 ? ["router"] : []),
  ];
  return COMPONENTS.filter((component) => !absent.includes(component));
}

const HEALTH: Readonly<Record<Component, readonly [variable: string, path: string]>> = {
  "mcp-server": ["METRICS_PORT", "/readyz"],
  prometheus: ["PROMETHEUS_PORT", "/-/ready"],
  alertmanager: ["ALERTMANAGER_PORT", "/-/ready"],
  "alert-receiver": ["ALERT_RECEIVER_PORT", "/healthz"],
  loki: ["LOKI_PORT", "/ready"],
  promtail: ["PROMTAIL_PORT", "/ready"],
  alloy: ["ALLOY_PORT", "/-/ready"],
  tempo: ["TEMPO_PORT", "/ready"],
  grafana: ["GRAFANA_PORT", "/api/health"],
  router: ["ROUTER_PORT", "/readyz"],
};

/** With several replicas of the server, that of the first. */
const hostOf = (component: Component, variables: Variables): string =>
  loopbackOf((component === "mcp-server" && replicaNames(variables)[0]) || component);

export class BackEnds {
  readonly #variables: Variables;
  readonly #present: ReadonlySet<Component>;

  private constructor(variables: Variables, present: ReadonlySet<Component>) {
    this.#variables = variables;
    this.#present = present;
  }

  static async find(variables: Variables): Promise<BackEnds> {
    const found = await Promise.all(
      COMPONENTS.map(async (component) => {
        const [variable, path] = HEALTH[component];
        const answer = await fetch(`http://${hostOf(component, variables)}:${variables[variable]}${path}`).catch(
          () => undefined,
        );
        return answer?.ok ? component : undefined;
      }),
    );
    return new BackEnds(variables, new Set(found.filter((component) => component !== undefined)));
  }

  has(component: Component): boolean {
    return this.#present.has(component);
  }

  url(component: Component, path = ""): string {
    return `http://${hostOf(component, this.#variables)}:${this.#variables[HEALTH[component][0]]}${path}`;
  }

  /** The names of the server's replicas, or the server's own. */
  servers(): readonly string[] {
    const names = replicaNames(this.#variables);
    return names.length === 0 ? ["mcp-server"] : names;
  }

  /** A page of the metrics port of each of {@link servers}. */
  pages(path: string): Promise<readonly string[]> {
    const { METRICS_PORT } = this.#variables;
    const urls = this.servers().map((name) => `http://${loopbackOf(name)}:${METRICS_PORT}${path}`);
    return Promise.all(urls.map(async (url) => (await fetch(url)).text()));
  }

  /** @throws naming the component when it does not answer 200 with JSON */
  async json(
    component: Component,
    path: string,
    parameters: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<unknown> {
    const query = new URLSearchParams(parameters).toString();
    const response = await fetch(`${this.url(component, path)}${query && `?${query}`}`, {
      headers: component === "grafana" ? { ...headers, authorization: `Basic ${this.#grafanaLogin()}` } : headers,
      signal: AbortSignal.timeout(15_000),
    });
    if (!response.ok)
      throw new Error(`${component} answers ${response.status}: ${(await response.text()).slice(0, 200)}`);
    return response.json();
  }

  #grafanaLogin(): string {
    const password = readFileSync(join(ROOT, ".secrets", "grafana-admin-password"), "utf8").trim();
    return Buffer.from(`admin:${password}`).toString("base64");
  }
}
