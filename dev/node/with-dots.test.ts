import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const withDots = (command: string) =>
  spawnSync("sh", [join(import.meta.dirname, "with-dots.sh"), "installing", "sh", "-c", command], { encoding: "utf8" });

test("while a command runs there is a dot for each second, and then its seconds", () => {
  const { status, stdout } = withDots("echo silent; sleep 2");
  assert.equal(status, 0);
  assert.match(stdout, /^installing \.{2,4} [23] s\n$/);
});

test("what a command that fails has printed follows, and its exit code is kept", () => {
  const { status, stdout } = withDots("echo reason >&2; exit 7");
  assert.equal(status, 7);
  assert.match(stdout, /^installing \.* \d s\nreason\n$/);
});
