/** `make init` in copies: what it renames, what it drops, and that the rest passes its checks. With a stack: `make init-test`. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { type Copy, copyOfThis } from "../lib/working-copy.ts";
import { DEMO_PATHS, TEMPLATE_PATHS } from "./dropped.ts";
import { TEMPLATE } from "./fresh.ts";

/** No fork, where this runs too, has this name. */
const NAME = "renamed-by-a-test";
/** A fork may have dropped the demo. */
const HAS_DEMO = DEMO_PATHS.some((path) => existsSync(join(ROOT, path)));
const { name: TELEMETRY } = JSON.parse(readFileSync(join(ROOT, "server/telemetry/package.json"), "utf8"));
const { name: PROJECT, description: DESCRIPTION } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

const init = (copy: Copy, environment: Readonly<Record<string, string>>): string =>
  copy.run(process.execPath, ["dev/init/main.ts"], environment);

/** @returns what it wrote to stderr */
function refused(copy: Copy, environment: Readonly<Record<string, string>>): string {
  try {
    init(copy, environment);
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
  throw new Error("it was not refused");
}

/** Lines of tracked and new files, with their paths. */
const found = (copy: Copy, pattern: string, ...paths: string[]): string =>
  copy.run("sh", ["-c", `git grep --untracked -nIE "$0" -- "$@" || true`, pattern, ...paths]);

for (const [demo, template] of [
  ["keep", "keep"],
  ["keep", "drop"],
  ["drop", "keep"],
  ["drop", "drop"],
] as const) {
  describe(`DEMO=${demo} TEMPLATE=${template}`, () => {
    const options = { NAME, DEMO: demo, TEMPLATE: template };
    const copy = copyOfThis();
    after(() => rmSync(copy.directory, { recursive: true }));
    const text = (path: string): string => readFileSync(join(copy.directory, path), "utf8");
    const isThere = (path: string): boolean => existsSync(join(copy.directory, path));

    test("DRY=1 lists what would be written and removed, and changes nothing", () => {
      const printed = init(copy, { ...options, DRY: "1" });
      assert.match(printed, /^write +docker-compose\.yml$/m);
      assert.equal(/^remove +deploy\/services\/catalog$/m.test(printed), HAS_DEMO && demo === "drop");
      assert.equal(/^remove +dev\/init$/m.test(printed), template === "drop");
      assert.equal(copy.run("git", ["status", "--porcelain"]), "");
    });

    test("the new name is in rules, boards, compose, labels, licence and links, and the old one nowhere", () => {
      init(copy, { ...options, HOLDER: "Renamed by a test" });
      assert.equal(found(copy, "(^|[^-])\\b(mcp-server|mcp-observability)\\b", ".", ":!dev/init"), "");
      for (const path of [
        "docker-compose.yml",
        "prometheus/rules/server.yml",
        "grafana/dashboards/mcp-overview.json",
        "deploy/kubernetes/base/server.yaml",
        "deploy/kubernetes/overlays/local/kustomization.yaml",
        "deploy/kubernetes/overlays/production/kustomization.yaml",
        "deploy/kubernetes/rendered/haproxy.cfg",
      ]) {
        assert.match(text(path), new RegExp(`\\b${NAME}\\b`), path);
      }
      assert.match(text("loki/rules/alerts.yml"), new RegExp(`service_name="${NAME}"`));
      assert.match(text("prometheus/rules/slo.yml"), new RegExp(`your-org/${NAME}/blob/main/prometheus/runbooks/`));
      assert.match(text("LICENSE"), /^Copyright \(c\) \d+ Renamed by a test$/m);
      assert.match(text("README.md"), new RegExp(`^# ${NAME}\n`));
      const names = (lock: { name: string; packages: Record<string, { name?: string }> }) =>
        [lock.name, ...Object.values(lock.packages).flatMap(({ name }) => name ?? [])].filter((name) => name === NAME);
      assert.equal(JSON.parse(text("package.json")).name, NAME);
      assert.equal(JSON.parse(text("server/telemetry/package.json")).name, `${NAME}-telemetry`);
      assert.equal(found(copy, `(^|[^-\\w])${TELEMETRY}([^-\\w]|$)`, ".", ":!dev/init"), "");
      assert.deepEqual(names(JSON.parse(text("package-lock.json"))), [NAME, NAME]);
    });

    test("the template's changelog and description are gone; those of a project with a name stay", () => {
      const isTemplate = PROJECT === TEMPLATE;
      assert.equal(JSON.parse(text("package.json")).description, isTemplate ? `The MCP server ${NAME}` : DESCRIPTION);
      const before = readFileSync(join(ROOT, "CHANGELOG.md"), "utf8");
      if (isTemplate) assert.match(text("CHANGELOG.md"), /## \[Unreleased\]\n$/);
      else assert.equal(text("CHANGELOG.md"), before);
    });

    test("the demo is kept, or nothing of it is left", () => {
      const kept = HAS_DEMO && demo === "keep";
      for (const path of DEMO_PATHS) assert.equal(isThere(path), kept, path);
      const words =
        "\\b([Dd]emo|[Cc]atalog|CATALOG_[A-Z]+|MCP_DEMO|lookup_item|misbehave|make (traffic|pictures))\\b|<picture";
      const left = found(copy, words, ".", ":!dev/init");
      if (kept) assert.notEqual(left, "");
      else assert.equal(left, "");
    });

    test("what only the template needs is kept, or nothing of it is left", () => {
      for (const path of TEMPLATE_PATHS) assert.equal(isThere(path), template === "keep", path);
      const words = "make (init|recipes|template)|dev/!?[(]?(init|recipes)|tutorial|(//|#|<!--) template";
      if (template === "drop") assert.equal(found(copy, words, ".", ":!docs/recipes"), "");
      assert.ok(isThere("docs/recipes/add-a-tool.md"));
    });

    test("make finds its targets, and nothing to install again", () => {
      assert.doesNotMatch(copy.run("make", ["--dry-run", "dashboards"]), /npm ci/);
      const help = copy.run("make", ["help"]);
      assert.equal(/make init /.test(help), template === "keep");
      assert.equal(/make traffic /.test(help), HAS_DEMO && demo === "keep");
    });

    test("lint, types, rendered files, and the tests that compare parts with each other are green", () => {
      copy.run("npm", ["run", "--silent", "lint"]);
      copy.run("npm", ["run", "--silent", "types"]);
      copy.run(process.execPath, ["grafana/src/render.ts", "--check"]);
      copy.run(process.execPath, ["dev/docs/main.ts", "--check"]);
      copy.run(process.execPath, ["dev/kubernetes/main.ts", "--check"]);
      copy.run(process.execPath, [
        "--test",
        "--test-force-exit",
        "--test-name-pattern=every alert has a drill|every name in|every step of a workflow|no container path",
        "prometheus/alerting.test.ts",
        "grafana/validation/names.test.ts",
        "dev/check/ci.test.ts",
        "deploy/stack/native/render.test.ts",
      ]);
    });

    if (template === "keep") {
      test("uncommitted changes are refused, and a second run has nothing to do", () => {
        assert.match(refused(copy, options), /uncommitted changes/);
        copy.commit();
        assert.match(init(copy, options), /nothing to do/);
        writeFileSync(join(copy.directory, "new-file"), "");
        assert.match(refused(copy, { NAME: "another" }), /uncommitted changes/);
      });
    }
  });
}

test("every option that cannot be used is named at once, and nothing is written", () => {
  const copy = copyOfThis();
  const printed = refused(copy, { NAME: "My Server", DEMO: "maybe", TEMPLATE: "no", RUNBOOKS_URL: "here" });
  assert.match(printed, /^NAME: .*\nDEMO: .*\nTEMPLATE: .*\nRUNBOOKS_URL: /);
  assert.match(refused(copy, { NAME: "prometheus" }), /^NAME: prometheus is the name of another service or folder/);
  assert.equal(copy.run("git", ["status", "--porcelain"]), "");
  rmSync(copy.directory, { recursive: true });
});

test("a description that is given is written, quotes and all", () => {
  const copy = copyOfThis();
  init(copy, { NAME, DESCRIPTION: 'Prices, "live"' });
  assert.equal(JSON.parse(readFileSync(join(copy.directory, "package.json"), "utf8")).description, 'Prices, "live"');
  rmSync(copy.directory, { recursive: true });
});
