/** What `make` runs first, in a checkout as Git for Windows makes it and on a machine whose Node is too old. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { stackVariables } from "../../deploy/stack/settings/environment.ts";
import { copyOfThis } from "../lib/working-copy.ts";

const copy = copyOfThis();
const clone = join(copy.directory, "clone");
copy.run("git", ["clone", "--quiet", "-c", "core.autocrlf=true", `file://${copy.directory}`, clone]);
after(() => rmSync(copy.directory, { recursive: true, force: true }));

/** Programs that stand in front of the machine's own on PATH. */
function withPrograms(programs: Readonly<Record<string, string>>): string {
  const folder = join(copy.directory, "programs");
  mkdirSync(folder, { recursive: true });
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return `${folder}:/usr/bin:/bin`;
}

test("Git for Windows writes no CRLF into any text, and leaves pictures as they are", () => {
  const files = execFileSync("git", ["ls-files", "--eol"], { cwd: clone, encoding: "utf8" }).trim().split("\n");
  assert.ok(files.length > 300);
  assert.deepEqual(
    files.filter((line) => /w\/(crlf|mixed)/.test(line)),
    [],
  );
  for (const picture of files.map((line) => line.split("\t")[1] ?? "").filter((path) => path.endsWith(".png"))) {
    assert.deepEqual(readFileSync(join(clone, picture)), readFileSync(join(copy.directory, picture)), picture);
  }
});

test("where node is too old, make gets the version of .env from npm and puts it under .tools of the checkout", () => {
  const PATH = withPrograms({
    node: "exit 1",
    npm: [
      'for package; do :; done; echo "$package" > npm-installed',
      `bin=".tools/node_modules/\${package%@*}/bin"; mkdir -p "$bin"; ln -s "${process.execPath}" "$bin/node"`,
    ].join("\n"),
  });
  const { status, stderr } = spawnSync("make", ["node"], { cwd: clone, env: { PATH }, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const [, version] = /^node:([0-9.]+)/.exec(stackVariables({}).NODE_IMAGE ?? "") ?? [];
  assert.match(readFileSync(join(clone, "npm-installed"), "utf8"), new RegExp(`^node-.*@${version}\n$`));
  assert.ok(existsSync(join(clone, ".tools", "node", "bin", "node")));
});

test("where node is recent enough, make asks npm for nothing", () => {
  rmSync(join(clone, ".tools"), { recursive: true, force: true });
  const PATH = withPrograms({ node: `exec "${process.execPath}" "$@"`, npm: "exit 1" });
  const { status, stderr } = spawnSync("make", ["node"], { cwd: clone, env: { PATH }, encoding: "utf8" });
  assert.deepEqual([status, stderr], [0, ""]);
});
