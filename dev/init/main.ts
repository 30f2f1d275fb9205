/**
 * `make init NAME=my-server`: makes this copy of the template one's own. Says what it does; a second time there is
 * nothing to do. `DEMO=drop` takes the demo's agent and catalog out, `DRY=1` only shows.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { TELEMETRY_VARIABLES } from "../../server/telemetry/config.ts";
import { DEMO_PATHS, withoutDemo } from "./demo.ts";
import { type InitOptions, readOptions } from "./options.ts";
import { type Change, renameProject, renameService, setHolder, setRunbooks } from "./rename.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);
const git = (...args: string[]): string => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" });

interface Plan {
  /** Texts by path, where they change. */
  readonly written: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
}

function planOf(options: InitOptions, service: string): Plan {
  const { name: project } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { name: string };
  const changes: Change[] = [
    renameService(service, options.name),
    renameProject(project, options.name),
    setRunbooks(options.runbooksUrl, options.name),
    setHolder(options.holder),
    ...(options.dropDemo ? [withoutDemo] : []),
  ];
  const written = new Map<string, string>();
  const removed = options.dropDemo ? DEMO_PATHS.filter((path) => existsSync(join(ROOT, path))) : [];
  for (const path of git("ls-files", "-z").split("\0").filter(Boolean)) {
    if (removed.some((gone) => path === gone || path.startsWith(`${gone}/`))) continue;
    const before = readFileSync(join(ROOT, path));
    // A picture.
    if (before.includes(0)) continue;
    const after = changes.reduce((text, change) => change(path, text), before.toString());
    if (after !== before.toString()) written.set(path, after);
  }
  return { written, removed };
}

function show({ written, removed }: Plan): void {
  for (const path of removed) say(`remove  ${path}`);
  for (const path of written.keys()) say(`write   ${path}`);
}

/** A name changed and no dependency: for `make` these two stay a second older than what is installed. */
function keepInstalled(): void {
  const { mtimeMs } = statSync(join(ROOT, "node_modules/.package-lock.json"));
  const older = mtimeMs / 1000 - 1;
  for (const file of ["package.json", "package-lock.json"]) utimesSync(join(ROOT, file), older, older);
}

/** What is made from the files that changed. */
function renderAgain(): void {
  const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  node("dev/runbook-links/main.ts");
  node("grafana/src/render.ts");
  node("dev/docs/main.ts");
  node("node_modules/@biomejs/biome/bin/biome", "check", "--write", "--unsafe", "--log-level=error", ".");
}

try {
  const service = TELEMETRY_VARIABLES.serviceName.schema.parse(undefined);
  const options = readOptions(process.env, service);
  if (git("status", "--porcelain").trim() !== "") {
    throw new Error(
      "there are changes that are not committed: commit or stash them, so that this one can be taken back",
    );
  }
  const plan = planOf(options, service);
  if (plan.written.size + plan.removed.length === 0) say(`this is ${options.name} already: nothing to do`);
  else {
    show(plan);
    if (options.dry) say("DRY=1: nothing was changed");
    else {
      for (const path of plan.removed) rmSync(join(ROOT, path), { recursive: true });
      for (const [path, text] of plan.written) writeFileSync(join(ROOT, path), text);
      renderAgain();
      keepInstalled();
      say(`this is ${options.name} now. next: git diff, make check, git commit, make up`);
    }
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
