/** What the manifests say about the server, the probe and each other is true. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { readTelemetryConfig } from "mcp-telemetry/config";
import { parse } from "yaml";
import { readApproved } from "../../deploy/services/probe/approved.ts";
import { readTargets } from "../../deploy/services/probe/targets.ts";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { ALL_VARIABLES, readConfig } from "../../server/config.ts";
import { type Manifest, manifestsIn, NAMESPACE, read } from "./names.ts";

interface Container {
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources: { readonly limits: { readonly memory: string } };
  readonly securityContext: unknown;
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly [probe: `${string}Probe`]: { readonly httpGet?: { readonly path: string; readonly port: string } };
}
interface PodSpec {
  readonly containers: readonly [Container];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly automountServiceAccountToken?: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
}
interface Workload {
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: PodSpec;
  };
}

const FILES = ["namespace", "server", "router", "probe", "agent", "monitors", "network"];
const base = FILES.flatMap((file) => manifestsIn(read("base", `${file}.yaml`)));
const ofKind = (kind: string): readonly Manifest[] => base.filter((one) => one.kind === kind);
const workloads = ["StatefulSet", "Deployment"].flatMap(ofKind);

/** @param name of the workload */
const pod = (name: string): PodSpec => {
  const found = workloads.find(({ metadata }) => metadata.name === name) ?? assert.fail(name);
  return (found.spec as Workload).template.spec;
};
const server = workloads.find(({ metadata }) => metadata.name === NAMESPACE)?.metadata.name ?? assert.fail(NAMESPACE);
const variablesOf = (name: string): Readonly<Record<string, string>> =>
  Object.fromEntries((pod(name).containers[0].env ?? []).map(({ name: key, value = "" }) => [key, value]));
const portsOf = (name: string) =>
  Object.fromEntries(pod(name).containers[0].ports.map((port) => [port.name, port.containerPort]));
const overlay = (name: string) => parse(read("overlays", name, "kustomization.yaml"));
const patched = (name: string): readonly { name: string; value: string }[] => {
  const patches: readonly { patch: string }[] = overlay(name).patches;
  return patches.flatMap(({ patch }) => parse(patch).spec?.template.spec.containers[0].env ?? []);
};

describe("the server", () => {
  const variables = { ...variablesOf(server), MCP_REPLICA: `${server}-0` };

  test("knows every variable of its manifest and of the overlays, and accepts the values", () => {
    const known = new Set(Object.values(ALL_VARIABLES).map(({ name }) => name));
    for (const name of [
      variables,
      ...["local", "production"].map((one) => Object.fromEntries(patched(one).map((each) => [each.name, ""]))),
    ].flatMap(Object.keys)) {
      assert.ok(known.has(name) || name === "MCP_REPLICA", name);
    }
    readConfig(variables);
    readTelemetryConfig(variables);
  });

  test("listens where containers, Services and probes say, and has authentication", () => {
    const config = readConfig(variables);
    assert.deepEqual(portsOf(server), { mcp: config.port, metrics: config.metricsPort });
    assert.ok(config.tokensFile?.startsWith("/etc/mcp/"));
    const { startupProbe, readinessProbe, livenessProbe } = pod(server).containers[0];
    assert.deepEqual(
      [startupProbe, readinessProbe, livenessProbe].map((one) => one?.httpGet),
      [
        { path: "/healthz", port: "metrics" },
        { path: "/readyz", port: "metrics" },
        { path: "/healthz", port: "metrics" },
      ],
    );
  });

  test("is killed only after its drain and the 10 s for the last spans and lines", () => {
    const { terminationGracePeriodSeconds = 0, containers } = pod(server);
    const preStop = containers[0].lifecycle?.preStop.sleep.seconds ?? 0;
    assert.ok(terminationGracePeriodSeconds >= preStop + readConfig(variables).shutdownMs / 1000 + 10);
    assert.equal(containers[0].resources.limits.memory, "512Mi");
  });

  test("accepts the host of the router for the probe, and the public host of the ingress", () => {
    assert.ok(readConfig(variables).allowedHosts.has("router"));
    const ingress = parse(read("overlays/production/ingress.yaml"));
    const { rules, tls } = ingress.spec as { rules: { host: string }[]; tls: { hosts: string[] }[] };
    const hosts =
      patched("production")
        .find(({ name }) => name === "MCP_ALLOWED_HOSTS")
        ?.value.split(",") ?? [];
    assert.deepEqual(hosts.toSorted(), [...rules.map(({ host }) => host), "router"].toSorted());
    assert.deepEqual(
      tls.flatMap((one) => one.hosts),
      rules.map(({ host }) => host),
    );
  });
});

describe("the router", () => {
  const file = read("rendered/haproxy.cfg");

  test("has a line for each replica that the autoscaler may start, and the autoscaler never stops the last", () => {
    const { minReplicaCount, maxReplicaCount } = parse(read("overlays/production/autoscaling.yaml")).spec;
    const names = [...file.matchAll(/^ {4}server (\S+) (\S+) track/gm)];
    assert.equal(names.length, maxReplicaCount);
    assert.ok(minReplicaCount >= 2);
    for (const [number, [, name = "", address]] of names.entries()) {
      assert.equal(name, `${server}-${number}`);
      assert.equal(address, `${name}.${server}.${NAMESPACE}.svc.cluster.local:${portsOf(server).mcp}`);
    }
    assert.equal([...file.matchAll(new RegExp(`:${portsOf(server).metrics}$`, "gm"))].length, names.length);
  });

  test("listens on its container's ports, and ends its streams within its grace period", () => {
    const binds = [...file.matchAll(/^ {4}bind :(\d+)$/gm)].map(([, port]) => Number(port));
    assert.deepEqual(binds, Object.values(portsOf("router")));
    const hardStop = Number(/hard-stop-after (\d+)s/.exec(file)?.[1]);
    const { terminationGracePeriodSeconds = 0, containers } = pod("router");
    assert.ok(terminationGracePeriodSeconds >= hardStop + (containers[0].lifecycle?.preStop.sleep.seconds ?? 0));
  });
});

test("the probe accepts its targets, which are the router's Service, and has its variables", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "targets-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const token = join(directory, "token");
  const targets = join(directory, "targets.yml");
  writeFileSync(token, "token");
  writeFileSync(targets, read("rendered/targets.yml").replaceAll("/etc/probe-token/token", token));
  for (const { url, tokenFile } of readTargets(targets)) {
    assert.equal(url.href, `http://router:${portsOf("router").mcp}/mcp`);
    assert.equal(tokenFile, token);
  }
  assert.equal(variablesOf("probe").PROBE_TARGETS_FILE, "/etc/probe/targets.yml");
  assert.equal(variablesOf("probe").PROBE_APPROVED_FILE, "/etc/probe/approved.json");
  readApproved(join(ROOT, "deploy/kubernetes/rendered/approved.json"));
  assert.equal(Number(variablesOf("probe").METRICS_PORT), portsOf("probe").metrics);
  readTelemetryConfig(variablesOf("probe"));
});

describe("security", () => {
  for (const { metadata } of workloads) {
    test(`${metadata.name} meets the Pod Security Standard restricted`, () => {
      const { containers, securityContext, volumes = [], automountServiceAccountToken } = pod(metadata.name);
      assert.equal(securityContext.runAsNonRoot, true);
      assert.deepEqual(securityContext.seccompProfile, { type: "RuntimeDefault" });
      for (const container of containers) {
        assert.deepEqual(container.securityContext, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
      }
      const allowed = ["name", "configMap", "secret", "emptyDir", "projected"];
      for (const volume of volumes)
        assert.deepEqual(
          Object.keys(volume).filter((key) => !allowed.includes(key)),
          [],
        );
      assert.equal(automountServiceAccountToken ?? true, metadata.name === "alloy");
    });
  }

  test("the namespace enforces it", () => {
    const [namespace] = ofKind("Namespace");
    assert.equal(namespace?.metadata.labels?.["pod-security.kubernetes.io/enforce"], "restricted");
  });

  test("no Secret is in base or production, and no file of the stack has a key", () => {
    assert.deepEqual(ofKind("Secret"), []);
    assert.equal(overlay("production").secretGenerator, undefined);
    for (const file of ["loki", "tempo", "tempo-distributed", "prometheus", "remote-write"]) {
      assert.doesNotMatch(
        read("stack", `${file}.yaml`),
        /^ *\w*([Pp]assword|[Ss]ecretAccessKey|accessKeyId|access_key|secret_key|token): \S/m,
        file,
      );
    }
  });

  test("everything is refused that no policy allows, and every port in a policy is a port of its pods", () => {
    const policies = ofKind("NetworkPolicy");
    const [first] = policies;
    assert.deepEqual(first?.spec, { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    for (const { metadata, spec } of policies) {
      const {
        podSelector,
        ingress = [],
        egress = [],
      } = spec as {
        podSelector: { matchLabels?: Record<string, string> };
        ingress?: readonly { ports: readonly { port: string }[] }[];
        egress?: readonly {
          to?: readonly { podSelector?: { matchLabels: Record<string, string> }; namespaceSelector?: object }[];
          ports: readonly { port: string | number }[];
        }[];
      };
      const own = podSelector.matchLabels?.["app.kubernetes.io/name"] ?? "";
      for (const { ports } of own === "" ? [] : ingress) {
        for (const { port } of ports) assert.ok(port in portsOf(own), `${metadata.name}: ${port}`);
      }
      for (const { to = [], ports } of egress) {
        const peers = to.filter(({ namespaceSelector }) => namespaceSelector === undefined);
        for (const { podSelector: peer } of peers) {
          for (const { port } of ports)
            assert.ok(port in portsOf(peer?.matchLabels["app.kubernetes.io/name"] ?? ""), `${metadata.name}: ${port}`);
        }
      }
    }
  });
});
