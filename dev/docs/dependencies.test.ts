import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../../deploy/stack/settings/environment.ts";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** The packages in the first column of the table below a heading, each with a reason beside it. */
function packagesBelow(heading: string): string[] {
  const section = read("docs/dependencies.md").split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? assert.fail(heading);
  const rows = [...section.matchAll(/^\| (`.+?) \| (.+) \|$/gm)];
  return rows.flatMap(([, names = ""]) => names.split(", ").map((name) => name.replaceAll("`", "")));
}

test("every package of package.json has a reason in docs/dependencies.md, and no other has one", () => {
  const { dependencies, devDependencies } = JSON.parse(read("package.json"));
  assert.deepEqual(packagesBelow("In production").sort(), Object.keys(dependencies).sort());
  const telemetry = JSON.parse(read("server/telemetry/package.json"));
  assert.deepEqual(packagesBelow("In `server/telemetry/`").sort(), Object.keys(telemetry.dependencies).sort());
  assert.deepEqual(packagesBelow("In development").sort(), Object.keys(devDependencies).sort());
});

test("a package of both manifests has one version, and the workspace that of the repository", () => {
  const { dependencies, version } = JSON.parse(read("package.json"));
  const telemetry = JSON.parse(read("server/telemetry/package.json"));
  for (const [name, pinned] of Object.entries({ ...telemetry.dependencies, [telemetry.name]: telemetry.version })) {
    assert.equal(dependencies[name] ?? pinned, pinned, name);
  }
  assert.equal(telemetry.version, version);
});
