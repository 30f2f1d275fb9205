/** What the manifests of deploy/kubernetes/base call things, read from them, and where the stores are in a cluster. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { ROOT } from "../../deploy/stack/settings/environment.ts";

export const KUBERNETES = join(ROOT, "deploy/kubernetes");

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
  readonly data?: Readonly<Record<string, string>>;
}

/** @returns the objects of a text with one or several YAML documents */
export const manifestsIn = (text: string): readonly Manifest[] =>
  parseAllDocuments(text).flatMap((document) => (document.toJS({ merge: true }) as Manifest | null) ?? []);

export const read = (...path: readonly string[]): string => readFileSync(join(KUBERNETES, ...path), "utf8");

export const { namespace: NAMESPACE } = parse(read("base", "kustomization.yaml")) as { namespace: string };

/** The namespace of Prometheus, Loki, Tempo and Grafana. */
export const STACK_NAMESPACE = "monitoring";

/** Services of the charts in deploy/kubernetes/stack, by the name that the service has in the Compose stack. */
const SERVICES: Readonly<Record<string, string>> = {
  prometheus: "prometheus-operated",
  alertmanager: "alertmanager-operated",
  loki: "loki",
  tempo: "tempo",
};

/** Replaces the hosts of the Compose stack in URLs. @param suffix `.monitoring` when seen from another namespace */
export const inCluster = (text: string, suffix = ""): string =>
  text.replace(
    /(?<=http:\/\/)(\w+)(?=:\d)/g,
    (host: string) => `${SERVICES[host] ?? host}${SERVICES[host] === undefined ? "" : suffix}`,
  );
