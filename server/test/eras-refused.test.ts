/** What is refused before a server of the modern era sees it: each fault has its status, its code, one count and one line. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rawStdio } from "../../test/support/raw-stdio.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { envelope, headersOf, META, message, REVISION, sendRaw } from "../../test/support/stateless-request.ts";
import { tokensFile } from "../../test/support/tokens-file.ts";
import { until } from "../../test/support/wait.ts";

const SECRET = "canary-hunter2-vermilion";
const ADD = { name: "add", arguments: { a: 1, b: 2 } };
const CALL_HEADERS = headersOf("tools/call", "add");
/** A message, and its headers, that ask for a revision. */
const asking = (revision: string): readonly [body: unknown, headers: Record<string, string>] => [
  message("tools/list", {}, envelope({ [`${META}protocolVersion`]: revision })),
  { ...headersOf("tools/list"), "mcp-protocol-version": revision },
];

let server: RunningServer;
before(async () => {
  const tokens = tokensFile({ alice: "alice-token" });
  server = await runServer({ MCP_AUTH_TOKENS_FILE: tokens, LOG_LEVEL: "debug" });
});
after(() => server?.stop());

const send = (body: unknown, headers: Record<string, string>, method = "POST") =>
  sendRaw(server.url, body, headers, { token: "alice-token", method });

const without = (key: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(envelope()).filter(([name]) => name !== `${META}${key}`));

type Sent = readonly [body: unknown, headers: Record<string, string>, method?: string];
const CASES: readonly (readonly [fault: string, reason: string, status: number, code: number, sent: Sent])[] = [
  ["no Mcp-Method", "header_mismatch", 400, -32020, [message("tools/list"), { "mcp-protocol-version": REVISION }]],
  ["another Mcp-Method", "header_mismatch", 400, -32020, [message("tools/call", ADD), headersOf(SECRET, "add")]],
  ["no Mcp-Name", "header_mismatch", 400, -32020, [message("tools/call", ADD), headersOf("tools/call")]],
  ["another Mcp-Name", "header_mismatch", 400, -32020, [message("tools/call", ADD), headersOf("tools/call", SECRET)]],
  [
    "an Mcp-Name that is not Base64",
    "header_mismatch",
    400,
    -32020,
    [message("tools/call", ADD), headersOf("tools/call", "=?base64?YWRk=?=")],
  ],
  ["no MCP-Protocol-Version", "header_mismatch", 400, -32020, [message("tools/list"), { "mcp-method": "tools/list" }]],
  [
    "another MCP-Protocol-Version",
    "header_mismatch",
    400,
    -32020,
    [message("tools/list"), { ...headersOf("tools/list"), "mcp-protocol-version": "2025-11-25" }],
  ],
  [
    "no claim in _meta",
    "invalid_envelope",
    400,
    -32602,
    [message("tools/call", ADD, without("protocolVersion")), CALL_HEADERS],
  ],
  [
    "no capabilities in _meta",
    "invalid_envelope",
    400,
    -32602,
    [message("tools/call", ADD, without("clientCapabilities")), CALL_HEADERS],
  ],
  [
    "a protocolVersion that is no text",
    "invalid_envelope",
    400,
    -32602,
    [message("tools/call", ADD, envelope({ [`${META}protocolVersion`]: { [SECRET]: 1 } })), CALL_HEADERS],
  ],
  [
    "a newer revision",
    "unsupported_version",
    400,
    -32022,
    [
      message("server/discover", {}, envelope({ [`${META}protocolVersion`]: "2099-01-01" })),
      { "mcp-protocol-version": "2099-01-01", "mcp-method": "server/discover" },
    ],
  ],
  ["an older revision in _meta", "unsupported_version", 400, -32022, asking("2025-11-25")],
  ["a revision that is none", "unsupported_version", 400, -32022, asking(SECRET)],
  [
    "another revision in _meta than in the header, and none that is known",
    "header_mismatch",
    400,
    -32020,
    [asking(SECRET)[0], headersOf("tools/list")],
  ],
  ["a batch", "invalid_message", 400, -32600, [[message("tools/list")], headersOf("tools/list")]],
  ["a response", "invalid_message", 400, -32600, [{ jsonrpc: "2.0", id: 7, result: {} }, headersOf("tools/list")]],
  ["a message that is none", "invalid_message", 400, -32600, [{ [SECRET]: 1 }, headersOf("tools/list")]],
  ["GET", "method_not_allowed", 405, -32000, [undefined, { "mcp-protocol-version": REVISION }, "GET"]],
  ["DELETE", "method_not_allowed", 405, -32000, [undefined, { "mcp-protocol-version": REVISION }, "DELETE"]],
];

const count = async (reason: string) => (await server.metric(`mcp_http_rejections_total{reason="${reason}"}`)) ?? 0;
const linesOf = (reason: string) => server.lines().filter((line) => line.reason === reason).length;

for (const [fault, reason, status, code, [body, headers, method]] of CASES) {
  test(`${fault} gets ${status} and ${code}, one count and one line that repeat nothing`, async () => {
    const [counted, logged] = [await count(reason), linesOf(reason)];
    const answer = await send(body, headers, method);
    const text = await answer.text();
    assert.equal(answer.status, status, text);
    const { id, error } = JSON.parse(text);
    assert.equal(error.code, code);
    assert.ok(id === 7 || id === null);
    assert.doesNotMatch(text, new RegExp(SECRET));
    if (code === -32022) assert.deepEqual(error.data.supported, [REVISION]);
    assert.equal(await count(reason), counted + 1);
    await until(() => linesOf(reason) === logged + 1, "one line");
  });
}

test("what was refused left nothing of the caller in the log, in the metrics or as an error", async () => {
  assert.doesNotMatch(server.text(), new RegExp(SECRET));
  const metrics = await server.metrics();
  assert.doesNotMatch(metrics, new RegExp(SECRET));
  assert.doesNotMatch(metrics, /error_type="[^"]/);
});

test("an unsupported revision that is the number of a version is repeated, and those that server/discover names", async () => {
  for (const revision of ["2099-01-01", "v999.0.0"]) {
    const { error } = JSON.parse(await (await send(...asking(revision))).text());
    const discovered = await send(message("server/discover"), headersOf("server/discover"));
    const { supportedVersions } = JSON.parse(await discovered.text()).result;
    assert.deepEqual(error.data, { supported: supportedVersions, requested: revision });
  }
});

const NOT_FOUND: readonly string[] = ["ping", "initialize", "logging/setLevel", "tasks/get", "no/such/method"];
for (const method of NOT_FOUND) {
  test(`${method} is not a method of this revision: 404 and -32601, and the caller's fault`, async () => {
    const answer = await send(message(method, { taskId: "x" }), headersOf(method, "x"));
    assert.equal(answer.status, 404);
    assert.equal(JSON.parse(await answer.text()).error.code, -32601);
    const name = ["no/such/method"].includes(method) ? "_OTHER" : method;
    const line = await server.line((one) => one.msg === "request" && one.method === name);
    assert.equal(line.outcome, "rejected");
  });
}

const BAD_PARAMS: readonly (readonly [string, Record<string, unknown>])[] = [
  ["tools/list", { cursor: { [SECRET]: 1 } }],
  ["tools/call", { name: "add", arguments: SECRET }],
  ["subscriptions/listen", { notifications: SECRET }],
];
for (const [method, params] of BAD_PARAMS) {
  test(`params that do not fit ${method} are the caller's fault`, async () => {
    const { name } = params;
    const answer = await send(
      message(method, params, envelope(), `bad ${method}`),
      headersOf(method, name as string | undefined),
    );
    assert.equal(JSON.parse(await answer.text()).error.code, -32602);
    const line = await server.line(({ request_id }) => request_id === `bad ${method}`);
    assert.equal(line.outcome, "rejected");
  });
}

test("an initialize with a header of the new revision is served by the era with sessions", async () => {
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "old", version: "1" } };
  const answer = await send({ jsonrpc: "2.0", id: 1, method: "initialize", params }, headersOf("initialize"));
  assert.match(await answer.text(), /"protocolVersion":"2025-11-25"/);
});

test("over stdio the same faults are answered, counted and logged", async (t) => {
  const own = rawStdio();
  t.after(() => own.process.kill("SIGKILL"));
  const line = (body: unknown) => own.write(`${JSON.stringify(body)}\n`);
  line(message("tools/call", ADD, envelope({ [`${META}protocolVersion`]: "2099-01-01" }), "newer"));
  line(message("tools/call", ADD, without("clientCapabilities"), "envelope"));
  line(message("tools/call", { name: "fault", arguments: { mode: "hang" } }, envelope(), "twice"));
  line(message("tools/call", ADD, envelope(), "twice"));
  line({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: "twice" } });
  line(message("server/discover", {}, envelope(), "discover"));
  const answers = await own.messages(4);
  const codes = answers.map(({ id, error }) => [id, (error as { code: number } | undefined)?.code]);
  assert.deepEqual(codes, [
    ["newer", -32022],
    ["envelope", -32602],
    ["twice", -32600],
    ["discover", undefined],
  ]);
  for (const reason of ["unsupported_version", "invalid_envelope", "duplicate_id"]) {
    await own.line((one) => one.msg === "request refused" && one.reason === reason);
  }
  const cancelled = await own.line(({ request_id }) => request_id === "twice");
  assert.equal(cancelled.outcome, "cancelled");
  own.process.stdin.end();
  assert.equal(await own.ended, 0);
  assert.equal(own.lines().filter(({ msg }) => String(msg).startsWith("session")).length, 0, "no session");
});
