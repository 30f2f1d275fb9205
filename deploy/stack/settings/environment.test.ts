import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { nativeServices } from "../native/services.ts";
import { stackVariables } from "./environment.ts";

test("the environment wins over .env.local, and .env.local over .env", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "environment-"));
  t.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, ".env"), "A=env\nB=env\nC=env # comment\n");
  assert.deepEqual(stackVariables({}, directory), { A: "env", B: "env", C: "env" });
  writeFileSync(join(directory, ".env.local"), "A=local\nB=local\n");
  assert.deepEqual(stackVariables({ A: "environment" }, directory), { A: "environment", B: "local", C: "env" });
});

test("every port of the stack is in .env", () => {
  const variables = stackVariables({});
  for (const { name, ports } of nativeServices(variables)) {
    for (const [port, variable] of Object.entries(ports))
      assert.equal(variables[variable], port, `${name}: ${variable}`);
  }
});
