/** `make init-test`: in a copy each, init with everything kept and with everything dropped, then check, up and smoke. */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { copyOfThis } from "../lib/working-copy.ts";

const STEPS = ["check", "up", "smoke"];

for (const kept of ["keep", "drop"]) {
  const copy = copyOfThis();
  const make = (target: string, environment: Readonly<Record<string, string>> = {}): boolean => {
    process.stdout.write(`DEMO=${kept} TEMPLATE=${kept}: make ${target}\n`);
    const env = { ...process.env, STACK_FAST: "1", ...environment };
    return spawnSync("make", [target], { cwd: copy.directory, env, stdio: "inherit" }).status === 0;
  };
  const done = make("init", { NAME: "price-desk", DEMO: kept, TEMPLATE: kept });
  copy.commit();
  const failed = done ? STEPS.find((step) => !make(step)) : "init";
  make("down");
  if (failed !== undefined) {
    process.stderr.write(`make ${failed} failed in ${copy.directory}\n`);
    process.exit(1);
  }
  rmSync(copy.directory, { recursive: true });
}
