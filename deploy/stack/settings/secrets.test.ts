/** Grafana's password: where it is kept, and who may read it. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { grafanaPassword } from "./secrets.ts";

const newFolder = () => join(mkdtempSync(join(tmpdir(), "mcp-secrets-")), ".secrets");

test("a password is generated once, in a folder that is made private even if it existed", () => {
  const folder = newFolder();
  mkdirSync(folder, { mode: 0o755 });
  const password = grafanaPassword(folder);
  assert.ok(password.length >= 24);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(grafanaPassword(folder), password);
});

test("an empty file is an error that names it", () => {
  const folder = newFolder();
  mkdirSync(folder);
  writeFileSync(join(folder, "grafana-admin-password"), "\n");
  assert.throws(() => grafanaPassword(folder), /grafana-admin-password is empty/);
});
