/**
 * Renders a service of docker-compose.yml for this machine: a folder stands for the container's root, its mounts
 * are laid out below it, and in arguments, environment and configuration files every name, path and listen address
 * is replaced by what it is here.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { interpolate, isFast, ROOT, type Variables } from "../settings/environment.ts";
import { fastForm } from "../settings/fast-form.ts";
import { mapTexts, readYaml, toYaml } from "../settings/yaml.ts";
import type { Addresses } from "./addresses.ts";
import { nativePrometheus, nativePromtail } from "./discovery.ts";

export interface RenderedService {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The content of each file that was written. */
  readonly files: Readonly<Record<string, string>>;
}

interface ComposeService {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
}

export interface Rendering {
  readonly variables: Variables;
  readonly addresses: Addresses;
  /** Where everything of the native form lives. */
  readonly directory: string;
  /** Services that run. */
  readonly present: ReadonlySet<string>;
  /** The log file of a service. */
  readonly logFile: (service: string) => string;
}

export function renderService(name: string, rendering: Rendering): RenderedService {
  const { variables, addresses } = rendering;
  const { services } = readYaml(join(ROOT, "docker-compose.yml")) as {
    services: Record<string, ComposeService>;
  };
  const service = services[name] ?? {};
  const root = join(rendering.directory, "root", name);
  const mounts = (service.volumes ?? []).map((volume) => mountOf(interpolate(volume, variables)));
  const local = (text: string) => addresses.localised(underRoot(text, root, mounts));
  const files = Object.assign({}, ...mounts.map((mount) => layOut(mount, name, root, local, rendering)));

  const plain = (text: string) => loopback(local(interpolate(text, variables)));
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

/** What lies in the checkout is rendered anew; a named volume is a folder that stays. */
function layOut(
  { source, target }: Mount,
  service: string,
  root: string,
  local: (text: string) => string,
  rendering: Rendering,
): Record<string, string> {
  const to = join(root, target);
  if (!source.startsWith(".")) {
    mkdirSync(to, { recursive: true });
    return {};
  }
  rmSync(to, { recursive: true, force: true });
  const written: Record<string, string> = {};
  for (const file of filesUnder(join(ROOT, source)).filter((path) => /(?<!\.test)\.(yml|json)$/.test(path))) {
    const destination = join(to, relative(join(ROOT, source), file));
    const content = file.endsWith(".yml")
      ? toYaml(renderFile(file, service, local, rendering))
      : readFileSync(file, "utf8");
    mkdirSync(dirname(destination), { recursive: true });
    writeFileSync(destination, content);
    written[destination] = content;
  }
  return written;
}

const filesUnder = (path: string): string[] =>
  statSync(path).isFile()
    ? [path]
    : readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));

function renderFile(file: string, service: string, local: (text: string) => string, rendering: Rendering): unknown {
  const { present, logFile } = rendering;
  const read = readYaml(file);
  let content = service === "promtail" ? nativePromtail(read, present, logFile) : nativePrometheus(read, present);
  const hasWindows = /prometheus|alertmanager/.test(service) || file.includes("/rules/");
  if (isFast(rendering.variables) && hasWindows) content = fastForm(content);
  return listening(
    mapTexts(content, (text) => loopback(local(text))),
    service,
    rendering.addresses,
  );
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
  text.replace(/^(-[\w.-]+=)?(\/[\w./-]+)$/, (whole, flag: string | undefined, path: string) =>
    mounts.some(({ target }) => `${path}/`.startsWith(`${target}/`) || target.startsWith(`${path}/`))
      ? `${flag ?? ""}${join(root, path)}`
      : whole,
  );

const loopback = (text: string): string => text.replaceAll("0.0.0.0", "127.0.0.1");

/** `MCP_PORT: "3001"` and the like: the port that it is here. */
const ownPort = (service: string, key: string, value: string, { addresses }: Rendering): string | undefined =>
  key.endsWith("_PORT") ? String(addresses.port(service, Number(value))) : undefined;
