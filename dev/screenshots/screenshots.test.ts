/** The parts of `make screenshots` that need no Grafana. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { BOARDS } from "../../grafana/src/board-names.ts";
import { freePort } from "../../test/support/free-port.ts";
import { address, heightOf, problems } from "./board.ts";

const good = { title: "Calls", text: "Calls 1.2 req/s", failed: false, loading: false };

test("an error, a panel that never loads, No data and an empty page are each a reason to fail", () => {
  const problemsWith = (change: object) => problems([good, { ...good, title: "Errors", ...change }]);
  assert.deepEqual(problemsWith({}), []);
  assert.deepEqual(problemsWith({ failed: true }), ['"Errors" shows an error']);
  assert.deepEqual(problemsWith({ loading: true }), ['"Errors" still loads']);
  assert.deepEqual(problemsWith({ text: "ErrorsNo data" }), ['"Errors" shows No data']);
  assert.deepEqual(problems([]), ["no panel is shown"]);
});

test("a page has its theme, its time and its variables in its address, and does not refresh", () => {
  assert.equal(
    address("mcp-session", "light", { session: "a b" }),
    "/d/mcp-session?theme=light&from=now-15m&to=now&refresh=&timezone=utc&var-session=a+b",
  );
});

test("the page of every board is higher than the window, so that panels below the picture are checked too", () => {
  for (const { uid } of Object.values(BOARDS)) assert.ok(heightOf(uid) > 900, uid);
});

test("without a Grafana it says so, and takes no picture", async () => {
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "main.ts")], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, GRAFANA_PORT: String(await freePort()) },
  });
  assert.equal(status, 1);
  assert.match(stderr, /^no picture was taken: Grafana does not answer at http:\/\/127\.0\.0\.1:\d+: run make up/);
});
