/** Builds `server/telemetry/` to plain JavaScript with types, as a package that npm can install. */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../deploy/stack/settings/environment.ts";

const SOURCE = join(ROOT, "server", "telemetry");
export const FOLDER = join(ROOT, ".run", "package");
const BUILT = join(FOLDER, "build");

type Entries = Readonly<Record<string, string>>;
interface Manifest {
  readonly private: boolean;
  readonly exports: Entries;
  readonly bin: Entries;
}

/** @returns the path of the `.tgz` */
export function buildPackage(): string {
  rmSync(FOLDER, { recursive: true, force: true });
  execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["--project", join(ROOT, "dev/package/tsconfig.json")], {
    stdio: ["ignore", 2, 2],
  });
  nameBuiltFiles();
  putAssetsIntoCode();
  writeFileSync(join(BUILT, "package.json"), JSON.stringify(builtManifest(), null, 2));
  cpSync(join(ROOT, "LICENSE"), join(BUILT, "LICENSE"));
  cpSync(join(SOURCE, "README.md"), join(BUILT, "README.md"));
  const packed = execFileSync("npm", ["pack", BUILT, "--pack-destination", FOLDER, "--json", "--loglevel=error"], {
    encoding: "utf8",
  });
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  return join(FOLDER, filename);
}

/** The compiler changes the ends of imports in code, and not in types. */
function nameBuiltFiles(): void {
  for (const name of globSync("**/*.d.ts", { cwd: BUILT })) {
    const path = join(BUILT, name);
    writeFileSync(path, readFileSync(path, "utf8").replace(/(["'])(\.\.?\/[^"']+)\.ts\1/g, "$1$2.js$1"));
  }
}

/** A bundle has no files beside it. */
function putAssetsIntoCode(): void {
  const text = (name: string) => JSON.stringify(readFileSync(join(SOURCE, "inspect", name), "utf8"));
  const code = `export const CSS = ${text("page.css")};\nexport const SCRIPT = ${text("page.js")};\n`;
  writeFileSync(join(BUILT, "inspect", "assets.js"), code);
}

/** The manifest of the workspace, with the built files in the place of the sources. */
function builtManifest(): object {
  const { private: _, ...manifest } = JSON.parse(readFileSync(join(SOURCE, "package.json"), "utf8")) as Manifest;
  const built = (path: string) => path.replace(/\.ts$/, ".js");
  const types = (path: string) => path.replace(/\.ts$/, ".d.ts");
  const exported = Object.entries(manifest.exports).map(([name, path]) => [
    name,
    { types: types(path), default: built(path) },
  ]);
  const bins = Object.entries(manifest.bin).map(([name, path]) => [name, built(path)]);
  return { ...manifest, exports: Object.fromEntries(exported), bin: Object.fromEntries(bins) };
}
