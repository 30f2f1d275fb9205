import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { freePort } from "../../test/support/free-port.ts";

const traffic = (own: Record<string, string>) =>
  spawnSync(process.execPath, ["dev/traffic/main.ts"], {
    cwd: ROOT,
    encoding: "utf8",
    env: { PATH: process.env.PATH, ...own },
  });

test("make traffic says in one line that the server, or the catalog, is down", async () => {
  const port = String(await freePort());
  for (const own of [{ MCP_PORT: port }, { FAULT: "catalog_fail", MCP_PORT: port, CATALOG_PORT: port }]) {
    const { status, stderr } = traffic(own);
    assert.equal(status, 1);
    assert.match(stderr, /^no fault could be caused: connect ECONNREFUSED 127\.0\.0\.1:\d+; is it up\? make up\n$/);
  }
});

test("make traffic names the faults that there are", () => {
  const { status, stderr } = traffic({ FAULT: "nonsense" });
  assert.equal(status, 1);
  assert.match(stderr, /^set FAULT to one of errors, slow/);
});
