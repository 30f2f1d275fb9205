/**
 * Renders a service of the compose files for this machine: a folder stands for the container's root, its mounts
 * are laid out below it, and in arguments, environment and configuration files every name, path and listen address
 * is replaced by what it is here.
 */
import { type Dirent, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { composeProject } from "../settings/compose-files.ts";
import type { ComposeProject } from "../settings/compose-project.ts";
import { interpolate, isFast, ROOT, type Variables } from "../settings/environment.ts";
import { fastForm } from "../settings/fast-form.ts";
import { loopbackOf, replicaNames, routerConfiguration, scrapingReplicas } from "../settings/replicas.ts";
import { mapTexts, readYaml, toYaml } from "../settings/yaml.ts";
import type { Addresses } from "./addresses.ts";
import { nativePrometheus, nativePromtail } from "./discovery.ts";

export interface RenderedService {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The content of each file that was written. */
  readonly files: Readonly<Record<string, string>>;
}

export interface Rendering {
  readonly variables: Variables;
  readonly addresses: Addresses;
  /** Where everything of the native form lives. */
  readonly directory: string;
  /** Services that run, and the server if its replicas do. */
  readonly present: ReadonlySet<string>;
  /** The log file of a service. */
  readonly logFile: (service: string) => string;
}

export function renderService(name: string, rendering: Rendering): RenderedService {
  const { variables, addresses } = rendering;
  const project = composeProject(variables);
  const service = project.services[name] ?? {};
  const root = join(rendering.directory, "root", name);
  const mounts = (service.volumes ?? []).map((volume) => mountOf(interpolate(volume, variables)));
  const local = (text: string) =>
    addresses.localised(underRoot(secretFile(text, project), root, mounts)).replaceAll("0.0.0.0", loopbackOf(name));
  const logged = Object.keys(project.services).filter((other) => project.services[other]?.labels?.logging);
  const placed = { ...rendering, name, root, local, logged };
  const files = Object.assign({}, ...mounts.map((mount) => layOut(mount, placed)));

  const plain = (text: string) => local(interpolate(text, variables));
  return {
    files,
    args: (service.command ?? []).map(plain),
    environment: Object.fromEntries(
      Object.entries(service.environment ?? {}).map(([key, value]) => [
        key,
        ownPort(name, key, String(value), rendering) ?? plain(String(value)),
      ]),
    ),
  };
}

interface Mount {
  readonly source: string;
  readonly target: string;
}

const mountOf = (volume: string): Mount => {
  const [source = "", target = ""] = volume.split(":");
  return { source, target };
};

/** A service, with what its files are rendered by. */
interface Placed extends Rendering {
  readonly name: string;
  /** The folder that stands for the container's root. */
  readonly root: string;
  /** Services whose log is shipped. */
  readonly logged: readonly string[];
  /** Replaces the container's paths and addresses in a text. */
  readonly local: (text: string) => string;
}

/** What lies in the checkout is rendered anew; a named volume is a folder that stays. */
function layOut({ source, target }: Mount, placed: Placed): Record<string, string> {
  const to = join(placed.root, target);
  if (!source.startsWith(".")) {
    mkdirSync(to, { recursive: true });
    return {};
  }
  rmSync(to, { recursive: true, force: true });
  const written: Record<string, string> = {};
  // Grafana reports a folder of its provisioning that is not there, even if it would be empty.
  for (const folder of foldersUnder(join(ROOT, source))) {
    mkdirSync(join(to, relative(join(ROOT, source), folder)), { recursive: true });
  }
  for (const file of filesUnder(join(ROOT, source)).filter((path) => /(?<!\.test)\.(yml|json|cfg)$/.test(path))) {
    const destination = join(to, relative(join(ROOT, source), file));
    const content = contentOf(file, placed);
    mkdirSync(dirname(destination), { recursive: true });
    writeFileSync(destination, content);
    written[destination] = content;
  }
  return written;
}

function contentOf(file: string, placed: Placed): string {
  if (file.endsWith(".yml")) return toYaml(renderFile(file, placed));
  const text = readFileSync(file, "utf8");
  return file.endsWith(".cfg") ? placed.local(routerConfiguration(text, replicaNames(placed.variables))) : text;
}

const entriesUnder = (path: string): Dirent[] => readdirSync(path, { recursive: true, withFileTypes: true });

const filesUnder = (path: string): string[] =>
  statSync(path).isFile()
    ? [path]
    : entriesUnder(path)
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));

const foldersUnder = (path: string): string[] =>
  statSync(path).isFile()
    ? []
    : entriesUnder(path)
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name));

function renderFile(file: string, { name, variables, addresses, present, logged, logFile, local }: Placed): unknown {
  const read = readYaml(file);
  const shipped = logged.filter((service) => present.has(service));
  let content =
    name === "promtail"
      ? nativePromtail(read, shipped, logFile)
      : nativePrometheus(scrapingReplicas(read, replicaNames(variables)), present);
  const hasWindows = /prometheus|alertmanager/.test(name) || file.includes("/rules/");
  if (isFast(variables) && hasWindows) content = fastForm(content);
  return listening(mapTexts(content, local), name, addresses);
}

/** Loki, Promtail and Tempo name their own ports as numbers. */
function listening(content: unknown, service: string, addresses: Addresses): unknown {
  if (typeof content !== "object" || content === null || !("server" in content)) return content;
  const server = { ...(content.server as Record<string, unknown>) };
  for (const key of ["http_listen_port", "grpc_listen_port"]) {
    if (typeof server[key] === "number") server[key] = addresses.port(service, server[key]);
  }
  return mapTexts({ ...content, server }, (text) =>
    text.replace(/^127\.0\.0\.1:(\d+)$/, (_, port: string) => `127.0.0.1:${addresses.port(service, Number(port))}`),
  );
}

/** An absolute path, alone or behind a flag's `=`, that lies in a mount or holds one. */
const underRoot = (text: string, root: string, mounts: readonly Mount[]): string =>
  text.replace(/^(-[\w.-]+=)?(\/[\w./-]+)$/, (unchanged, flag: string | undefined, path: string) =>
    mounts.some(({ target }) => `${path}/`.startsWith(`${target}/`) || target.startsWith(`${path}/`))
      ? `${flag ?? ""}${join(root, path)}`
      : unchanged,
  );

/** A secret is read where compose takes it from. */
const secretFile = (text: string, { secrets }: ComposeProject): string =>
  text.replace(/^\/run\/secrets\/(.+)$/, (path, name: string) => {
    const file = secrets[name]?.file;
    return file === undefined ? path : join(ROOT, file);
  });

/** `MCP_PORT: "3001"` and the like: the port that it is here. */
const ownPort = (service: string, key: string, value: string, { addresses }: Rendering): string | undefined =>
  key.endsWith("_PORT") ? String(addresses.port(service, Number(value))) : undefined;
