/** Secrets: where they are kept, who may read them, and what is said of those that are not there. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";
import { composeProject } from "./compose-files.ts";
import { stackVariables } from "./environment.ts";
import { checkSecrets, grafanaPassword } from "./secrets.ts";

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

test("a secret that is absent, empty or unreadable for the program's user is named, with what to do", () => {
  const folder = newFolder();
  mkdirSync(folder);
  const secret = (name: string, text: string, mode: number) => {
    writeFileSync(join(folder, name), text, { mode });
    return { file: join(folder, name) };
  };
  const right = secret("right", "key", 0o644);
  const ownersOnly = secret("owners-only", "key", 0o600);
  const check = (inContainers: boolean, ...secrets: { file: string }[]) =>
    checkSecrets({ services: {}, secrets: Object.fromEntries(Object.entries(secrets)) }, { inContainers });
  check(true, right);
  check(false, right, ownersOnly);
  assert.throws(
    () => check(true, right, { file: join(folder, "absent") }, secret("empty", "", 0o644)),
    /absent is missing: write the secret to it.*\n.*empty is empty/,
  );
  if (process.platform === "linux")
    assert.throws(() => check(true, ownersOnly), /owners-only cannot be read.*chmod 644/);
});

test("`make up` finds the receivers' secrets missing before it starts anything", () => {
  const { secrets } = composeProject({
    ...stackVariables({}),
    COMPOSE_FILE: "docker-compose.yml:docker-compose.receivers.yml",
  });
  const folder = newFolder();
  const moved = Object.entries(secrets).map(([name, { file }]) => [name, { file: join(folder, basename(file)) }]);
  assert.throws(
    () => checkSecrets({ services: {}, secrets: Object.fromEntries(moved) }, { inContainers: true }),
    /pagerduty-routing-key is missing[\s\S]*slack-webhook-url is missing/,
  );
});
