/** The real catalog: a bad request is answered with its status, and the catalog lives on. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freePort } from "../../../test/support/free-port.ts";
import { type RunningServer, runServer } from "../../../test/support/running-server.ts";
import { statusOf } from "../test/status-of.ts";

let catalog: RunningServer;

before(async () => {
  catalog = await runServer({ CATALOG_PORT: String(await freePort()) }, "deploy/services/catalog/main.ts");
});
after(() => catalog?.stop());

for (const [method, path, status, body] of [
  ["GET", "//", 404, ""],
  ["GET", "/items/%zz", 404, ""],
  ["GET", "/items/%ff", 404, ""],
  ["GET", "/items/%00", 404, ""],
  ["GET", `/items/${"x".repeat(10_000)}`, 404, ""],
  ["GET", "http://[/fault", 404, ""],
  ["PUT", "/fault?mode=fail&seconds=NaN", 400, ""],
  ["PUT", "/fault?mode=fail&seconds=-1", 400, ""],
  ["PUT", "/fault?mode=fail&seconds=3601", 400, ""],
  ["POST", "/items/A-1", 405, "x".repeat(4 * 1024 * 1024)],
  ["DELETE", "/items/A-1", 405, ""],
  ["GET", "/items/A-1", 200, ""],
] as const) {
  test(`${method} ${path.slice(0, 40)} is answered with ${status}, and the catalog lives on`, async () => {
    assert.equal(await statusOf(catalog.url, method, path, body), status);
    assert.equal(await statusOf(catalog.url, "GET", "/items/A-2", ""), 200);
  });
}
