/** `make init` in a copy: names, marks and what a second run says. The whole way, with a stack: `make init-test`. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { type Copy, copyOfThis } from "../lib/working-copy.ts";
import { DEMO_PATHS } from "./demo.ts";

/** None that somebody would give a fork, where this runs too. */
const NAME = "renamed-by-a-test";
/** A fork, where this runs too, may have dropped it. */
const HAS_DEMO = DEMO_PATHS.some((path) => existsSync(join(ROOT, path)));

const init = (copy: Copy, environment: Readonly<Record<string, string>>): string =>
  copy.run(process.execPath, ["dev/init/main.ts"], environment);

/** @returns what it said on stderr */
function refused(copy: Copy, environment: Readonly<Record<string, string>>): string {
  try {
    init(copy, environment);
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
  throw new Error("it was not refused");
}

for (const DEMO of ["keep", "drop"]) {
  describe(`with DEMO=${DEMO}`, () => {
    const copy = copyOfThis();
    after(() => rmSync(copy.directory, { recursive: true }));
    const text = (path: string): string => readFileSync(join(copy.directory, path), "utf8");

    test("DRY=1 shows what would be written, and writes nothing", () => {
      const said = init(copy, { NAME, DEMO, DRY: "1" });
      assert.match(said, /^write +docker-compose\.yml$/m);
      assert.equal(/^remove +deploy\/services\/catalog$/m.test(said), HAS_DEMO && DEMO === "drop");
      assert.equal(copy.run("git", ["status", "--porcelain"]), "");
    });

    test("the old name is nowhere, the new one is in rules, boards, compose, labels, licence and links", () => {
      init(copy, { NAME, DEMO, HOLDER: "Renamed by a test" });
      const old = "git grep --untracked -nIwE '[^-]mcp-server|mcp-observability' -- ':!dev/init' || true";
      assert.equal(copy.run("sh", ["-c", old]), "");
      for (const path of [
        "docker-compose.yml",
        "prometheus/rules/server.yml",
        "grafana/dashboards/mcp-overview.json",
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
      assert.deepEqual(names(JSON.parse(text("package-lock.json"))), [NAME, NAME]);
    });

    test("make finds nothing to install again", () => {
      assert.doesNotMatch(copy.run("make", ["--dry-run", "dashboards"]), /npm ci/);
    });

    test("lint, types and rendered files are green", () => {
      copy.run("npm", ["run", "--silent", "lint"]);
      copy.run("npm", ["run", "--silent", "types"]);
      copy.run(process.execPath, ["grafana/src/render.ts", "--check"]);
      copy.run(process.execPath, ["dev/docs/main.ts", "--check"]);
    });

    test("the demo is there, or gone with every mark of it", () => {
      const kept = HAS_DEMO && DEMO === "keep";
      for (const path of DEMO_PATHS) assert.equal(existsSync(join(copy.directory, path)), kept, path);
      if (kept) return;
      for (const path of [
        "docker-compose.yml",
        ".env",
        "prometheus/prometheus.yml",
        "server/tools/index.ts",
        "README.md",
      ]) {
        assert.doesNotMatch(text(path), /catalog|lookup_item|demo:/, path);
      }
      assert.doesNotMatch(text("grafana/dashboards/mcp-overview.json"), /"Dependencies"/);
    });

    test("a dirty tree is refused, and the second time there is nothing to do", () => {
      assert.match(refused(copy, { NAME, DEMO }), /not committed/);
      copy.commit();
      assert.match(init(copy, { NAME, DEMO }), /nothing to do/);
      writeFileSync(join(copy.directory, "new-file"), "");
      assert.match(refused(copy, { NAME: "another", DEMO }), /not committed/);
    });
  });
}

test("every wish that cannot be used is said at once, and nothing is written", () => {
  const copy = copyOfThis();
  const said = refused(copy, { NAME: "My Server", DEMO: "maybe", RUNBOOKS_URL: "here" });
  assert.match(said, /^NAME: .*\nDEMO: .*\nRUNBOOKS_URL: /);
  assert.match(refused(copy, { NAME: "prometheus" }), /^NAME: prometheus is another part/);
  assert.equal(copy.run("git", ["status", "--porcelain"]), "");
  rmSync(copy.directory, { recursive: true });
});
