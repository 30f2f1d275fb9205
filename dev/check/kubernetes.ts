/**
 * The part of `make check` that validates deploy/kubernetes: each overlay, and each chart with its values, against the
 * schemas of several versions of Kubernetes and the types of the operators. What is not installed is reported.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { findProgram, howToGet } from "../../deploy/stack/native/programs.ts";
import { stackVariables } from "../../deploy/stack/settings/environment.ts";
import { readYaml, toYaml } from "../../deploy/stack/settings/yaml.ts";
import { KUBERNETES, type Manifest, manifestsIn, STACK_NAMESPACE } from "../kubernetes/names.ts";
import { findChart, findKubernetesProgram, findModels, findSchemas, STACK_CHARTS } from "../lib/kubernetes-programs.ts";

/** From the oldest that has what the manifests use, a built-in `sleep` before a pod ends, to the newest that has schemas. */
const VERSIONS = ["1.31.0", "1.34.0", "1.37.0"];
const OVERLAYS = ["local", "production"];
const INSTALL = "make programs installs it";

const variables = stackVariables();
const directory = mkdtempSync(join(tmpdir(), "kubernetes-"));

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const notVerified = (what: string, why: string): void => say(`not verified: ${what} (${why})`);

/** @returns what the program writes to stdout; undefined when it fails, which is reported */
function output(what: string, program: string, args: readonly string[], env = variables): string | undefined {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", env, maxBuffer: 2 ** 28 });
  if (status === 0) return stdout;
  say(`${what}: invalid\n${stdout.length > 4000 ? "" : stdout}${stderr}`);
  process.exitCode = 1;
  return undefined;
}

const write = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};

function checkSchemas(what: string, text: string): void {
  const PYTHONPATH = findSchemas();
  if (PYTHONPATH === undefined) {
    notVerified(`${what} against the schemas of Kubernetes`, INSTALL);
    return;
  }
  const file = write("manifests.yaml", text);
  for (const version of VERSIONS) {
    const args = ["-m", "kubernetes_validate", "-k", version, "--strict", "--quiet", "--no-warn", file];
    if (output(`${what}, Kubernetes ${version}`, "python3", args, { ...variables, PYTHONPATH }) === undefined) return;
  }
  say(`${what}: valid in Kubernetes ${VERSIONS.join(", ")}`);
}

type Model = new (manifest: Manifest) => { validate(): void };

/** The packages of types by the group of what they define, each with the path of the group in it. */
const MODELS: Readonly<Record<string, string>> = { "monitoring.coreos.com": "prometheus-operator", "keda.sh": "keda" };

/** The package takes the volume claim inside these for an object of its own, and refuses every one. */
const NOT_TYPED = ["Prometheus", "Alertmanager"];

async function checkTypes(what: string, manifests: readonly Manifest[]): Promise<void> {
  const counts = new Map<string, number>();
  for (const manifest of manifests) {
    const [group = "", version = ""] = manifest.apiVersion.split("/");
    const name = MODELS[group];
    if (name === undefined || NOT_TYPED.includes(manifest.kind)) continue;
    const folder = findModels(name);
    if (folder === undefined) {
      notVerified(`${what} against the types of ${group}`, INSTALL);
      return;
    }
    const models = await import(pathToFileURL(join(folder, group, version, "index.js")).href);
    const Type: Model = models[manifest.kind];
    try {
      new Type(manifest).validate();
      counts.set(manifest.kind, (counts.get(manifest.kind) ?? 0) + 1);
    } catch (error) {
      say(`${what}: ${manifest.kind} ${manifest.metadata.name}: ${error instanceof Error ? error.message : error}`);
      process.exitCode = 1;
    }
  }
  say(`${what}: valid types: ${[...counts].map(([kind, count]) => `${count} ${kind}`).join(", ")}`);
}

function checkRules(what: string, manifests: readonly Manifest[]): void {
  const promtool = findProgram(["promtool"], variables);
  if (promtool === undefined) {
    notVerified(`the rules of ${what}`, howToGet("prometheus"));
    return;
  }
  const files = manifests
    .filter(({ kind }) => kind === "PrometheusRule")
    .map(({ metadata, spec }) => write(`${metadata.name}.yml`, toYaml(spec)));
  const checked = output(`the rules of ${what}`, promtool, ["check", "rules", ...files]);
  const counts = [...(checked ?? "").matchAll(/SUCCESS: (\d+) rules found/g)].map(([, count]) => Number(count));
  if (checked !== undefined) say(`${what}: promtool accepts ${counts.reduce((sum, count) => sum + count, 0)} rules`);
}

/** HAProxy looks for no address before it runs: the file sets `init-addr none`. */
function checkRouter(): void {
  const haproxy = findProgram(["haproxy"], { ...variables, PATH: `${variables.PATH}:/usr/sbin` });
  if (haproxy === undefined) {
    notVerified("the router's configuration", "put `haproxy` on PATH");
    return;
  }
  const file = join(KUBERNETES, "rendered", "haproxy.cfg");
  if (output("the router's configuration", haproxy, ["-c", "-f", file]) !== undefined)
    say("HAProxy accepts the router's file");
}

async function checkOverlays(): Promise<void> {
  const kubectl = findKubernetesProgram("kubectl", variables);
  if (kubectl === undefined) {
    notVerified("the overlays of Kubernetes", INSTALL);
    return;
  }
  for (const overlay of OVERLAYS) {
    const what = `overlay ${overlay}`;
    const text = output(what, kubectl, ["kustomize", join(KUBERNETES, "overlays", overlay)]);
    if (text === undefined) continue;
    checkSchemas(what, text);
    await checkTypes(what, manifestsIn(text));
    checkRules(what, manifestsIn(text));
  }
}

async function checkCharts(): Promise<void> {
  const helm = findKubernetesProgram("helm", variables);
  for (const [name, { chart, version }] of Object.entries(STACK_CHARTS)) {
    const folder = findChart(chart, variables);
    if (helm === undefined || folder === undefined) {
      const why = helm === undefined ? INSTALL : "not downloaded; make programs tries it";
      notVerified(`chart ${chart} ${version} with its values`, why);
      continue;
    }
    const found = readYaml(join(folder, "Chart.yaml")) as { readonly version: string };
    const what = `chart ${chart} ${found.version}`;
    const values = [name, `rendered/${name}`].flatMap((file) => ["-f", join(KUBERNETES, "stack", `${file}.yaml`)]);
    const further = name === "prometheus" ? ["-f", join(KUBERNETES, "stack", "remote-write.yaml")] : [];
    const text = output(what, helm, ["template", chart, folder, "-n", STACK_NAMESPACE, ...values, ...further]);
    if (text === undefined) continue;
    checkSchemas(what, text);
    await checkTypes(what, manifestsIn(text));
  }
}

try {
  await checkOverlays();
  checkRouter();
  await checkCharts();
} finally {
  rmSync(directory, { recursive: true });
}
