/** The parts of `make screenshots` that need no Grafana. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { BOARDS } from "../../grafana/src/board-names.ts";
import { freePort } from "../../test/support/free-port.ts";
import { address, foldedRowsOf, pageHeightOf, panelTitlesOf, problems } from "./board.ts";

const good = { title: "Calls", text: "1.2 calls/min", failed: false, loading: false, filled: true };

test("an error, a panel that never loads, an empty one, No data and a missing one are each a reason to fail", () => {
  const problemsWith = (change: object) => problems([good, { ...good, title: "Errors", ...change }], ["Calls"]);
  assert.deepEqual(problemsWith({}), []);
  assert.deepEqual(problemsWith({ filled: false, text: "" }), ['"Errors" is empty']);
  assert.deepEqual(problemsWith({ failed: true }), ['"Errors" shows an error']);
  assert.deepEqual(problemsWith({ loading: true }), ['"Errors" still loads']);
  assert.deepEqual(problemsWith({ text: "No data" }), ['"Errors" shows No data']);
  assert.deepEqual(problems([good], ["Calls", "Cost"]), ['"Cost" is not shown']);
  assert.deepEqual(problems([], []), ["no panel is shown"]);
  assert.deepEqual(problemsWith({ text: "no error yet" }), []);
});

test("a page has its theme, its time and its variables in its address, and does not refresh", () => {
  assert.equal(
    address("mcp-session", "light", { session: "a b" }),
    "/d/mcp-session?theme=light&from=now-15m&to=now&refresh=1d&timezone=utc&var-session=a+b",
  );
});

test("the page of a board has room for the panels of its folded rows, so that they are checked too", () => {
  const { uid } = BOARDS.overview;
  const titles = panelTitlesOf(uid);
  assert.ok(foldedRowsOf(uid).includes("Dependencies"));
  assert.ok(titles.includes("Circuit breakers"));
  assert.equal(new Set(titles).size, titles.length, "two panels with one title: the check cannot tell them apart");
  assert.ok(pageHeightOf(uid) > 100 * titles.length);
});

test("without a Grafana it says so, and takes no picture", async () => {
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "main.ts")], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, GRAFANA_PORT: String(await freePort()) },
  });
  assert.equal(status, 1);
  assert.match(stderr, /^no picture was taken: Grafana does not answer at http:\/\/127\.0\.0\.1:\d+: run make up/);
});
