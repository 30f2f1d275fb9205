/** `make init NAME=my-server`: turns a copy of the template into a project of its own. README.md has the options. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TELEMETRY_VARIABLES } from "mcp-telemetry/config";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import {
  DEMO_PATHS,
  TEMPLATE_PATHS,
  withoutCaptured,
  withoutMarked,
  withoutOverlay,
  withoutTemplateTests,
} from "./dropped.ts";
import { freshChangelog, setDescription, setHolder } from "./fresh.ts";
import { type InitOptions, readOptions } from "./options.ts";
import { type Change, renameProject, renameService, renameTelemetry, setRunbooks } from "./rename.ts";

const TELEMETRY = "server/telemetry";

const say = (text: string) => process.stdout.write(`${text}\n`);
const git = (...args: string[]): string => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" });

interface Plan {
  /** New texts by path. */
  readonly written: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
}

function planOf(options: InitOptions, service: string): Plan {
  const { name, dropDemo, dropTemplate } = options;
  const { name: project } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { name: string };
  const changes: Change[] = [
    freshChangelog(project),
    setDescription(options.description, project, name),
    setHolder(options.holder),
    setRunbooks(options.runbooksUrl, name),
    renameService(service, name),
    renameProject(project, name),
    renameTelemetry(telemetryPackage(), `${name}-telemetry`),
    ...(dropDemo ? [withoutMarked("demo"), withoutOverlay, withoutCaptured] : []),
    ...(dropTemplate ? [withoutMarked("template"), withoutTemplateTests] : []),
  ];
  const dropped = [...(dropDemo ? DEMO_PATHS : []), ...(dropTemplate ? TEMPLATE_PATHS : [])];
  const removed = dropped.filter((path) => existsSync(join(ROOT, path)));
  const written = new Map<string, string>();
  for (const path of git("ls-files", "-z").split("\0").filter(Boolean)) {
    if (removed.some((gone) => path === gone || path.startsWith(`${gone}/`))) continue;
    const before = readFileSync(join(ROOT, path));
    const isPicture = before.includes(0);
    if (isPicture) continue;
    const after = changes.reduce((text, change) => change(path, text), before.toString());
    if (after !== before.toString()) written.set(path, after);
  }
  return { written, removed };
}

function telemetryPackage(): string {
  return (JSON.parse(readFileSync(join(ROOT, TELEMETRY, "package.json"), "utf8")) as { name: string }).name;
}

function show({ written, removed }: Plan): void {
  for (const path of removed) say(`remove  ${path}`);
  for (const path of written.keys()) say(`write   ${path}`);
}

function carryOut({ written, removed }: Plan): void {
  const former = telemetryPackage();
  const own = removed.filter((path) => import.meta.dirname.startsWith(join(ROOT, path)));
  for (const path of removed.filter((other) => !own.includes(other))) rmSync(join(ROOT, path), { recursive: true });
  for (const [path, text] of written) writeFileSync(join(ROOT, path), text);
  linkAs(telemetryPackage(), former);
  renderAgain();
  keepInstalled();
  for (const path of own) rmSync(join(ROOT, path), { recursive: true });
}

/** The workspace is found by its name, as npm would link it. */
function linkAs(name: string, former: string): void {
  if (name !== former) renameSync(join(ROOT, "node_modules", former), join(ROOT, "node_modules", name));
}

/** Writes what is generated from the files that changed. */
function renderAgain(): void {
  const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  node("dev/runbook-links/main.ts");
  node("grafana/src/render.ts");
  node("dev/docs/main.ts");
  node("dev/kubernetes/main.ts");
  node("node_modules/@biomejs/biome/bin/biome", "check", "--write", "--unsafe", "--log-level=error", ".");
}

/** No dependency changed: these stay older than what is installed, so that `make` does not install again. */
function keepInstalled(): void {
  const { mtimeMs } = statSync(join(ROOT, "node_modules/.package-lock.json"));
  const older = mtimeMs / 1000 - 1;
  const manifests = ["package.json", `${TELEMETRY}/package.json`, "package-lock.json"];
  for (const file of manifests) utimesSync(join(ROOT, file), older, older);
}

try {
  const service = TELEMETRY_VARIABLES.serviceName.schema.parse(undefined);
  const options = readOptions(process.env, service);
  if (git("status", "--porcelain").trim() !== "") {
    throw new Error("there are uncommitted changes: commit or stash them first, so that init can be undone");
  }
  const plan = planOf(options, service);
  if (plan.written.size + plan.removed.length === 0)
    say(`the project is already named ${options.name}: there is nothing to do`);
  else {
    show(plan);
    if (options.dry) say("DRY=1: nothing was changed");
    else {
      carryOut(plan);
      say(`the project is now named ${options.name}; next: git diff, make check, git commit, make up`);
    }
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
