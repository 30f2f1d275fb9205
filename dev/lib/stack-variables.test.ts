import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { ROOT, stackVariables } from "../../deploy/stack/settings/environment.ts";

test("no make target reads a variable of .env from the environment alone: .env and .env.local count too", () => {
  const names = Object.keys(stackVariables({}));
  const found = globSync("{dev,deploy/stack}/**/*.ts", { cwd: ROOT })
    // These are servers: they get their ports as any server does.
    .filter((file) => !file.startsWith("dev/bench/servers/") && !file.endsWith(".test.ts"))
    .flatMap((file) =>
      [...readFileSync(`${ROOT}${file}`, "utf8").matchAll(/^.*\bprocess\.env\b.*$/gm)]
        .filter(([line]) => names.some((name) => new RegExp(`\\b${name}\\b`).test(line)))
        .map(([line]) => `${file}: ${line.trim()}`),
    );
  assert.deepEqual(found, []);
});
