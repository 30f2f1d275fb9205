/** What containers mount is written in place, and a change of it is seen. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ROOT, stackVariables } from "../settings/environment.ts";
import { changedSince, configurationOf, writeFolder } from "./configuration.ts";

const directory = mkdtempSync(join(tmpdir(), "configuration-"));
after(() => rmSync(directory, { recursive: true }));

test("a folder that is written again stays the same folder, with the files that it should have", () => {
  const folder = writeFolder(join(directory, "again"), { "a.yml": "1", "b.yml": "1", "c.yml": "1" });
  mkdirSync(join(folder, "rules"));
  const long = new Date(0);
  for (const file of ["a.yml", "b.yml"]) utimesSync(join(folder, file), long, long);
  const { ino } = statSync(folder);
  writeFolder(folder, { "a.yml": "1", "b.yml": "2" });
  assert.equal(statSync(folder).ino, ino);
  assert.deepEqual(statSync(join(folder, "a.yml")).mtime, long, "what is the same is not written");
  assert.notDeepEqual(statSync(join(folder, "b.yml")).mtime, long);
  assert.equal(statSync(join(folder, "c.yml"), { throwIfNoEntry: false }), undefined);
  assert.ok(statSync(join(folder, "rules")).isDirectory());
});

test("a file that was written, added or removed after a time is a change, anywhere below a folder", () => {
  const folder = join(directory, "changed");
  mkdirSync(join(folder, "rules"), { recursive: true });
  writeFileSync(join(folder, "rules", "a.yml"), "1");
  const later = new Date(Date.now() + 60_000);
  assert.equal(changedSince([folder], later), false);
  assert.equal(changedSince([join(directory, "absent")], new Date(0)), false);
  utimesSync(join(folder, "rules", "a.yml"), later, later);
  assert.equal(changedSince([folder], new Date(Date.now() + 30_000)), true);
  utimesSync(join(folder, "rules", "a.yml"), new Date(0), new Date(0));
  utimesSync(join(folder, "rules"), later, later);
  assert.equal(changedSince([folder], new Date(Date.now() + 30_000)), true);
});

test("a service's configuration is what it mounts of this machine, and no volume", () => {
  const variables = stackVariables({});
  assert.deepEqual(configurationOf("prometheus", variables), [join(ROOT, "prometheus")]);
  assert.deepEqual(configurationOf("prometheus", { ...variables, PROMETHEUS_DIR: "/rendered" }), ["/rendered"]);
  assert.deepEqual(configurationOf("mcp-server", variables), []);
});
