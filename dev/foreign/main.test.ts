import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { ROOT } from "../../deploy/stack/settings/environment.ts";

/** `make foreign` on a machine that has no program but Node.js. */
const foreign = (ONLY: string) =>
  spawnSync(process.execPath, ["dev/foreign/main.ts"], {
    cwd: ROOT,
    encoding: "utf8",
    env: { PATH: "/nowhere", ONLY },
  });

test("a client whose toolchain is missing is not verified, which is no failure, and is named at the end", () => {
  const { status, stdout } = foreign("go,rust,java");
  assert.equal(status, 0);
  const last = stdout.trim().split("\n").slice(-3);
  for (const [at, [client, program]] of [
    ["go", "go"],
    ["rust", "cargo"],
    ["java", "java"],
  ].entries()) {
    assert.match(last[at] ?? "", new RegExp(`^NOT VERIFIED: ${client} [\\w.]+: no ${program}$`));
  }
});

test("an unknown client is refused in one line that names all", () => {
  const { status, stderr } = foreign("cobol");
  assert.equal(status, 1);
  assert.match(stderr, /^ONLY: expected some of python-1,.*java\n$/);
});
