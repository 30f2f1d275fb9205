/** A copy of this working tree as a fork has it: a git repository of its own, with the installed packages. */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../../deploy/stack/settings/environment.ts";

const INSTALLED = ["node_modules", ".tools"];
const WORKSPACE = "server/telemetry";

export interface Copy {
  readonly directory: string;
  /** Runs a program in it. @returns what it printed @throws with that when it fails */
  run(program: string, args: readonly string[], environment?: Readonly<Record<string, string>>): string;
  commit(): void;
}

export function copyOfThis(): Copy {
  const directory = mkdtempSync(join(tmpdir(), "fork-"));
  const run: Copy["run"] = (program, args, environment = {}) =>
    execFileSync(program, args, {
      cwd: directory,
      encoding: "utf8",
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
  const commit = () => {
    run("git", ["add", "--all"]);
    run("git", ["-c", "user.name=fork", "-c", "user.email=fork@example.org", "commit", "--quiet", "--message=fork"]);
  };
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  for (const file of files.split("\0").filter((path) => path !== "" && existsSync(join(ROOT, path)))) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    cpSync(join(ROOT, file), join(directory, file));
  }
  run("git", ["init", "--quiet"]);
  // `node_modules/` in .gitignore matches folders only, and this is a link.
  writeFileSync(join(directory, ".git", "info", "exclude"), `${INSTALLED.join("\n")}\n`);
  if (existsSync(join(ROOT, ".tools"))) symlinkSync(join(ROOT, ".tools"), join(directory, ".tools"));
  linkPackages(directory);
  // Older than what is installed: `make` would run `npm ci`.
  for (const file of ["package.json", `${WORKSPACE}/package.json`, "package-lock.json"])
    utimesSync(join(directory, file), 0, 0);
  commit();
  return { directory, run, commit };
}

/** Links each installed package, but for the workspace: that is the copy's own. */
export function linkPackages(directory: string): void {
  const { name } = JSON.parse(readFileSync(join(ROOT, WORKSPACE, "package.json"), "utf8")) as { name: string };
  mkdirSync(join(directory, "node_modules"));
  for (const entry of readdirSync(join(ROOT, "node_modules")).filter((entry) => entry !== name)) {
    symlinkSync(join(ROOT, "node_modules", entry), join(directory, "node_modules", entry));
  }
  symlinkSync(join("..", WORKSPACE), join(directory, "node_modules", name));
}
