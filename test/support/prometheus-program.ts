/** promtool and amtool in tests: on PATH or in a folder of STACK_BIN; a test without its program is skipped. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import type { TestContext } from "node:test";
import { findProgram, howToGet } from "../../deploy/stack/native/programs.ts";
import { stackVariables } from "../../deploy/stack/settings/environment.ts";
import { HERE } from "../../prometheus/rule-files.ts";

/** Go's garbage collector takes a quarter of promtool's time at its default of 100; the memory stays below 200 MB. */
const RARE_COLLECTION = { GOGC: "400" };

/** Fails with what the program printed; skips the test where the program is absent. */
export function run(t: TestContext, program: "promtool" | "amtool", ...args: string[]): void {
  const path = findProgram([program], stackVariables());
  if (path === undefined) {
    const service = program === "promtool" ? "prometheus" : "alertmanager";
    t.skip(`not verified: ${program} is not on PATH; it comes with ${service}: ${howToGet(service)}`);
    return;
  }
  const { status, stdout, stderr } = spawnSync(path, args, {
    cwd: HERE,
    env: { ...process.env, ...RARE_COLLECTION },
    encoding: "utf8",
  });
  assert.equal(status, 0, `${program} ${args.join(" ")}\n${stdout}${stderr}`);
}
