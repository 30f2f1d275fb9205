/** A probe deletes its session in every case, and authenticates with its token. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Answer, fakeServer, initialized, neverAnswer, raw, rpcError, status } from "./test/fake-server.ts";
import { probing } from "./test/probing.ts";

const SESSION = { "mcp-session-id": "s-1" };
const opened = initialized({ tools: {} }, SESSION);

const FAULTS: Readonly<Record<string, Readonly<Record<string, Answer>>>> = {
  "a probe that passes": {},
  "a call that fails": { "tools/call": rpcError(-32602) },
  "a call that never ends": { "tools/call": neverAnswer },
  "a list that fails": { "tools/list": status(500) },
  "an initialize with an invalid answer": {
    initialize: (response, message) => {
      response.setHeader("mcp-session-id", "s-1");
      raw("application/json", "not JSON")(response, message);
    },
  },
  "an initialize whose answer never arrives": {
    initialize: (response) =>
      response.writeHead(200, { ...SESSION, "content-type": "text/event-stream" }).flushHeaders(),
  },
};

for (const [title, broken] of Object.entries(FAULTS)) {
  test(`${title} leaves no session behind`, async () => {
    const server = await fakeServer({ initialize: opened, ...broken });
    const target = probing(server.url, {}, title.includes("never") ? 300 : 5000);
    await target.probe();
    assert.deepEqual(
      server.requests.filter((request) => request.startsWith("DELETE")),
      ["DELETE s-1"],
    );
    assert.equal(server.requests.at(-1), "DELETE s-1");
  });
}

test("a server without sessions is not asked to delete one", async () => {
  const server = await fakeServer();
  await probing(server.url).probe();
  assert.deepEqual(server.requests, [
    "HEAD /",
    "POST server/discover",
    "POST initialize",
    "POST notifications/initialized",
    "POST tools/list",
    "POST tools/call",
  ]);
});

for (const [code, lines] of [
  [405, []],
  [404, []],
  [500, ["session not deleted"]],
] as const) {
  test(`after a DELETE that answers ${code} the probe passes, with ${lines.length} log lines`, async () => {
    const server = await fakeServer({ initialize: opened, DELETE: status(code) });
    const target = probing(server.url);
    await target.probe();
    assert.deepEqual(
      target.lines.map(({ msg }) => msg),
      lines,
    );
    assert.deepEqual(await target.steps(), [1, 1, 1, 1, 1]);
  });
}

test("a DELETE that is never answered does not block the next probe", async () => {
  const server = await fakeServer({ initialize: opened, DELETE: neverAnswer });
  const target = probing(server.url, {}, 300);
  await target.probe();
  assert.equal(target.lines[0]?.msg, "session not deleted");
});

test("the bearer token is read for each probe, sent in MCP requests only, and never logged", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "token-")), "token");
  writeFileSync(file, "first-token\n");
  const server = await fakeServer({ initialize: opened, "tools/list": status(401) });
  const target = probing(server.url, { tokenFile: file });
  const sent = () => server.headers.splice(0).map(({ authorization }) => authorization);
  await target.probe();
  assert.deepEqual(sent(), [undefined, ...Array(5).fill("Bearer first-token")]);
  writeFileSync(file, "second-token\n");
  await target.probe();
  assert.deepEqual(sent(), [undefined, ...Array(5).fill("Bearer second-token")]);
  rmSync(file);
  await target.probe();
  assert.deepEqual(sent(), [undefined, ...Array(5).fill("Bearer second-token")]);
  assert.doesNotMatch(JSON.stringify(target.lines), /(first|second)-token/);
});

test("without a canary, the probe lists the tools and calls none", async () => {
  const server = await fakeServer();
  const target = probing(server.url, { canary: undefined });
  await target.probe();
  assert.equal(server.requests.at(-1), "POST tools/list");
  assert.deepEqual(await target.steps(), [1, 1, 1, 1, undefined]);
  assert.notEqual(await target.metric('mcp_probe_last_success_timestamp_seconds{target="it"}'), 0);
});
