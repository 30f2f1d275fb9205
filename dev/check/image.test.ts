/** The image holds what runs and nothing else. Its files are found as Docker finds them, so that no engine is needed. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { after, test } from "node:test";
import { TELEMETRY_VARIABLES } from "mcp-telemetry/config";
import { ROOT, stackVariables } from "../../deploy/stack/settings/environment.ts";
import { readYaml } from "../../deploy/stack/settings/yaml.ts";
import { spawnChild } from "../../test/support/children.ts";
import { freePort } from "../../test/support/free-port.ts";
import { eventually } from "../lib/poll.ts";
import { linkPackages } from "../lib/working-copy.ts";

const HEALTHCHECK = "deploy/services/healthcheck.ts";
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const dockerfile = read("deploy/Dockerfile");

/** A pattern of .dockerignore: it holds for what is below a folder that it matches, too. */
function pattern(text: string): RegExp {
  const parts = text.split(/(\*\*\/|\*\*|\*)/).map((part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    return part === "*" ? "[^/]*" : part.replace(/[.]/g, "\\.");
  });
  return new RegExp(`^${parts.join("")}(?:/.*)?$`);
}

const rules = read(".dockerignore")
  .trim()
  .split("\n")
  .map((line) => ({ ignored: !line.startsWith("!"), pattern: pattern(line.replace(/^!/, "")) }));
/** The last rule that matches decides. */
const isSent = (path: string): boolean => !(rules.findLast((rule) => rule.pattern.test(path))?.ignored ?? false);

const copied = [...dockerfile.matchAll(/^COPY (.*) \S+$/gm)].flatMap(([, sources = ""]) => sources.split(" "));
const tracked = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
}).split("\0");
const files = tracked.filter(
  (path) => isSent(path) && copied.some((source) => path === source || path.startsWith(`${source}/`)),
);

/** What docker-compose.yml and its overlays start in the image, and what the Dockerfile itself starts. */
const started = new Set(
  [
    dockerfile,
    ...(stackVariables({}).COMPOSE_FILE ?? "docker-compose.yml")
      .split(":")
      .map((file) => JSON.stringify(readYaml(join(ROOT, file)))),
  ].flatMap((text) => [...text.matchAll(/"(?:\.\/)?((?:server|deploy)\/[\w/.-]+\.ts)"/g)].map(([, path = ""]) => path)),
);

const workspace = JSON.parse(read("server/telemetry/package.json")) as Workspace;
interface Workspace {
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}
/** Files of the workspace, by what an import calls them. */
const exports = new Map(
  Object.entries(workspace.exports).map(([name, path]) => [
    posix.join(workspace.name, name),
    posix.join("server/telemetry", path),
  ]),
);

/** An import or export that names a module, over one line or several. */
const IMPORT = /^(?:import |(?:import|export) [^;"]*? from |\} from )"([^"]+)";$/gm;

/** Every file that runs, by its imports. @throws for one that the image does not have */
function reached(from: Iterable<string>): { readonly own: Set<string>; readonly packages: Set<string> } {
  const own = new Set<string>();
  const packages = new Set<string>();
  const follow = (path: string): void => {
    if (own.has(path)) return;
    assert.ok(files.includes(path), `${path} is not in the image`);
    own.add(path);
    for (const [, target = ""] of read(path).matchAll(IMPORT)) {
      const exported = exports.get(target);
      if (target.startsWith(".")) follow(posix.join(posix.dirname(path), target));
      else if (exported !== undefined) follow(exported);
      else if (!target.startsWith("node:")) packages.add(target.split("/", target.startsWith("@") ? 2 : 1).join("/"));
    }
  };
  for (const path of from) follow(path);
  return { own, packages };
}

test("the image has no test, no developer's tool, no document and no secret", () => {
  assert.ok(files.length > 60, `${files.length} files`);
  const allowed =
    /^((server\/telemetry\/)?package\.json|package-lock\.json|\.npmrc|deploy\/services\/probe\/approved\.json|(server|deploy\/services)\/.*\.(ts|js|css|yml))$/;
  assert.deepEqual(
    files.filter((path) => !allowed.test(path) || /\.test\.ts$|(^|\/)test\//.test(path)),
    [],
  );
  assert.match(dockerfile, /npm ci --omit=dev --ignore-scripts/);
});

test("built without arguments, the image has the Node.js that .env names", () => {
  assert.equal(/^ARG (NODE_IMAGE=.*)$/m.exec(dockerfile)?.[1], /^NODE_IMAGE=.*$/m.exec(read(".env"))?.[0]);
});

test("what the image starts, and all that it imports, is in the image", () => {
  assert.ok(started.has("server/main.ts") && started.has(HEALTHCHECK) && started.size > 4, [...started].join(", "));
  const { own, packages } = reached(started);
  assert.ok(own.size > 60, `${own.size} files`);
  const ofRoot = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
  const dependencies = { ...ofRoot.dependencies, ...workspace.dependencies };
  assert.deepEqual(
    [...packages].filter((name) => !Object.hasOwn(dependencies, name) && !builtinModules.includes(name)),
    [],
  );
});

test("the health check asks where the server listens by default", () => {
  const source = read(HEALTHCHECK);
  const { metricsHost, metricsPort } = TELEMETRY_VARIABLES;
  assert.ok(source.includes(`METRICS_HOST = "${metricsHost.schema.parse(undefined)}"`));
  assert.ok(source.includes(`METRICS_PORT = "${metricsPort.schema.parse(undefined)}"`));
});

const image = mkdtempSync(join(tmpdir(), "image-"));
after(() => rmSync(image, { recursive: true, force: true }));
for (const file of files) {
  mkdirSync(dirname(join(image, file)), { recursive: true });
  cpSync(join(ROOT, file), join(image, file));
}
linkPackages(image);

for (const [name, args, port] of [
  ["the server", ["--import", "./server/telemetry/register.ts", "server/main.ts"], "METRICS_PORT"],
  ["the alert receiver", ["deploy/services/alert-receiver/main.ts"], "ALERT_RECEIVER_PORT"],
] as const) {
  test(`${name} starts from the image's files; the health check is well while it runs, and not after`, async (t) => {
    const env = { PATH: process.env.PATH ?? "", MCP_PORT: "0", [port]: String(await freePort()) };
    const child = spawnChild(process.execPath, args, { cwd: image, env, stdio: "ignore" });
    t.after(() => child.kill());
    const check = () => spawnSync(process.execPath, [HEALTHCHECK], { cwd: image, env }).status;
    assert.equal(await eventually(20_000, async () => (check() === 0 ? "healthy" : undefined)), "healthy");
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill();
    await ended;
    assert.equal(check(), 1);
  });
}
