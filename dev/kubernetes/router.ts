/** The configuration of HAProxy in front of the replicas: that of the Compose stack, with the addresses of a cluster. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { routerConfiguration } from "../../deploy/stack/settings/replicas.ts";
import { manifestsIn, NAMESPACE, read } from "./names.ts";

/** The autoscaler's limit: the router has a line for each replica that there can be. */
function mostReplicas(): number {
  const { spec } = parse(read("overlays/production/autoscaling.yaml")) as { spec: { maxReplicaCount: number } };
  return spec.maxReplicaCount;
}

/** In a cluster, `router` is the address of the Service, on which no process can listen. */
export function routerFile(): string {
  const server = manifestsIn(read("base/server.yaml")).find(({ kind }) => kind === "StatefulSet");
  if (server === undefined) throw new Error("deploy/kubernetes/base/server.yaml has no StatefulSet");
  const { name } = server.metadata;
  const domain = `${(server.spec as { serviceName: string }).serviceName}.${NAMESPACE}.svc.cluster.local`;
  const replicas = Array.from({ length: mostReplicas() }, (_, number) => `${name}-${number}`);
  const template = readFileSync(join(ROOT, "deploy/router/haproxy.cfg"), "utf8");
  const configuration = routerConfiguration(template, replicas, (replica) => `${replica}.${domain}`);
  return configuration.replaceAll("bind router:", "bind :");
}
