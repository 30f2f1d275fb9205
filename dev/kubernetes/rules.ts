/** Rules and boards as Kubernetes objects: the operator reads PrometheusRules; sidecars of Loki and Grafana ConfigMaps. */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { readYaml } from "../../deploy/stack/settings/yaml.ts";

const files = (pattern: string): readonly string[] => globSync(pattern, { cwd: ROOT }).toSorted();

export const prometheusRules = (): readonly object[] =>
  files("prometheus/rules/*.yml").map((file) => ({
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: { name: basename(file, ".yml") },
    spec: readYaml(join(ROOT, file)),
  }));

export const lokiRules = (): readonly object[] => [
  configMap("loki-rules", { loki_rule: "" }, {}, files("loki/rules/*.yml")),
];

/** One object a board, because an object holds at most 1 MiB. */
export const dashboards = (): readonly object[] =>
  files("grafana/dashboards/*.json").map((file) =>
    configMap(`board-${basename(file, ".json")}`, { grafana_dashboard: "1" }, { grafana_folder: "MCP" }, [file]),
  );

const configMap = (
  name: string,
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>>,
  paths: readonly string[],
): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, labels, ...(Object.keys(annotations).length > 0 && { annotations }) },
  data: Object.fromEntries(paths.map((path) => [basename(path), readFileSync(join(ROOT, path), "utf8")])),
});
