/** What the server refuses at boot, and the forms of a tokens file. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pino } from "pino";
import { runServer } from "../../test/support/running-server.ts";
import { readConfig } from "../config.ts";
import { authenticator } from "../mcp/auth.ts";

const REFUSED: readonly (readonly [name: string, value: string])[] = [
  ["MCP_AUTH_TOKENS_FILE", ""],
  ["MCP_HOST", "0.0.0.0"],
  ["MCP_HOST", "::"],
  ["METRICS_HOST", "http://127.0.0.1"],
  ["MCP_ALLOWED_HOSTS", "https://mcp.example"],
  ["MCP_PORT", " "],
  ["MCP_PORT", "0x10"],
  ["MCP_MAX_SESSIONS", "1.5"],
  ["MCP_MAX_SESSIONS", "1e3"],
  ["OTEL_TRACES_SAMPLER", "sometimes"],
];

for (const [name, value] of REFUSED) {
  test(`${name}="${value}" is refused`, () => {
    assert.throws(() => readConfig({ [name]: value }), new RegExp(`${name}: `));
  });
}

for (const host of ["http://127.0.0.1", "127.0.0.1:3001", " "]) {
  test(`MCP_HOST="${host}" is refused, also where the server may be open`, () => {
    const environment = { MCP_HOST: host, MCP_ALLOW_ANONYMOUS: "1" };
    assert.throws(() => readConfig(environment), /MCP_HOST: expected a host name or an IP address/);
  });
}

test("beyond loopback, the server needs tokens or the permission to be open", () => {
  assert.equal(readConfig({ MCP_HOST: "0.0.0.0", MCP_ALLOW_ANONYMOUS: "1" }).host, "0.0.0.0");
  assert.equal(readConfig({ MCP_HOST: "0.0.0.0", MCP_AUTH_TOKENS_FILE: "/tokens" }).host, "0.0.0.0");
  assert.equal(readConfig({ MCP_HOST: "localhost" }).host, "localhost");
});

test("a server that would be open to the network does not start", async () => {
  await assert.rejects(runServer({ MCP_HOST: "0.0.0.0" }), /MCP_ALLOW_ANONYMOUS/);
});

const hash = (token: string) => createHash("sha256").update(token).digest("hex");

function tokensFile(content: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "mcp-")), "tokens");
  writeFileSync(file, content);
  return file;
}
const read = (content: string) =>
  authenticator(tokensFile(content), { logger: pino({ level: "silent" }), authenticated: () => {} });

test("a tokens file may have a byte order mark, CRLF, comments and empty lines", () => {
  const subject = read(`\uFEFFalice:${hash("a")}\r\n# comment\r\n  # another\r\n\r\nbob:${hash("b")}\r\n`);
  assert.deepEqual(
    ["a", "b", "c"].map((token) => subject(`Bearer ${token}`)),
    ["alice", "bob", undefined],
  );
});

for (const [content, problem] of [
  [`alice:${hash("a")}\nbob:${hash("a")}\n`, /line 2: another subject has the same token/],
  ["alice:secret\n", /line 1: expected subject:sha256-of-token/],
  [`anonymous:${hash("a")}\n`, /line 1: no subject may be named anonymous/],
] as const) {
  test(`a tokens file is refused: ${problem.source}`, () => {
    assert.throws(() => read(content), problem);
  });
}

test("tokens are read again when the file changes, and a broken file changes nothing", async (t) => {
  const file = tokensFile(`alice:${hash("old")}\n`);
  const server = await runServer({ MCP_AUTH_TOKENS_FILE: file });
  t.after(() => server.stop());
  const isKnown = async (token: string) => {
    const answer = await fetch(server.url, { method: "POST", headers: { authorization: `Bearer ${token}` } });
    await answer.text();
    return answer.status !== 401;
  };
  assert.equal(await isKnown("old"), true);
  writeFileSync(file, `alice:${hash("new")}\n`);
  await server.line(({ msg }) => msg === "the tokens were read again");
  assert.deepEqual([await isKnown("old"), await isKnown("new")], [false, true]);
  writeFileSync(file, "broken");
  await server.line(({ msg }) => String(msg).startsWith("the tokens cannot be read"));
  assert.equal(await isKnown("new"), true);
});
