/** Every file that `make kubernetes` writes, by its path below deploy/kubernetes. */
import { toYaml } from "../../deploy/stack/settings/yaml.ts";
import { linesFile } from "./agent.ts";
import { type Image, image } from "./images.ts";
import { approvedFile, targetsFile } from "./probe.ts";
import { routerFile } from "./router.ts";
import { dashboards, lokiRules, prometheusRules } from "./rules.ts";
import { distributedTempoValues, lokiValues, prometheusValues, tempoValues } from "./stores.ts";

const NOTE = (from: string): string => `# Rendered from ${from} by \`make kubernetes\`: do not edit.\n`;

const objects = (from: string, all: readonly object[]): string =>
  NOTE(from) + all.map((one) => toYaml(one)).join("---\n");

const values = (from: string, content: object): string => NOTE(from) + toYaml(content);

const transformed = (name: string, { repository, tag, digest }: Image): object => ({
  name,
  newName: repository,
  newTag: tag,
  ...(digest !== undefined && { digest }),
});

const component = (): object => ({
  apiVersion: "kustomize.config.k8s.io/v1alpha1",
  kind: "Component",
  resources: ["prometheus-rules.yaml", "loki-rules.yaml", "boards.yaml"],
  configMapGenerator: [
    { name: "router-config", files: ["haproxy.cfg"] },
    { name: "alloy-lines", files: ["lines.alloy"] },
    { name: "probe-targets", files: ["targets.yml", "approved.json"] },
  ],
  images: [transformed("haproxy", image("HAPROXY_IMAGE")), transformed("alloy", image("ALLOY_IMAGE"))],
});

export const rendered = (): Readonly<Record<string, string>> => ({
  "rendered/kustomization.yaml": objects(".env", [component()]),
  "rendered/prometheus-rules.yaml": objects("prometheus/rules", prometheusRules()),
  "rendered/loki-rules.yaml": objects("loki/rules", lokiRules()),
  "rendered/boards.yaml": objects("grafana/dashboards", dashboards()),
  "rendered/haproxy.cfg": NOTE("deploy/router/haproxy.cfg") + routerFile(),
  "rendered/lines.alloy": linesFile(),
  "rendered/targets.yml": targetsFile(),
  "rendered/approved.json": approvedFile(),
  "stack/rendered/loki.yaml": values("loki/loki.yml and .env", lokiValues()),
  "stack/rendered/tempo.yaml": values("tempo/tempo.yml and .env", tempoValues()),
  "stack/rendered/tempo-distributed.yaml": values("tempo/tempo.yml and .env", distributedTempoValues()),
  "stack/rendered/prometheus.yaml": values("prometheus/, grafana/provisioning and .env", prometheusValues()),
});
