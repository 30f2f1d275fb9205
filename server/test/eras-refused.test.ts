/** What is refused before a server of the modern era sees it: each fault has its status, its code, one count and one line. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { rawStdio } from "../../test/support/raw-stdio.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { scaled, until } from "../../test/support/wait.ts";

const REVISION = "2026-07-28";
const SECRET = "canary-hunter2-vermilion";
const META = "io.modelcontextprotocol/";

const envelope = (own: Record<string, unknown> = {}) => ({
  [`${META}protocolVersion`]: REVISION,
  [`${META}clientInfo`]: { name: "raw", version: "1.0.0" },
  [`${META}clientCapabilities`]: {},
  ...own,
});
const ADD = { name: "add", arguments: { a: 1, b: 2 } };
const message = (method: string, params: Record<string, unknown> = {}, meta = envelope(), id: unknown = 7) => ({
  jsonrpc: "2.0",
  id,
  method,
  params: { ...params, _meta: meta },
});
const headersOf = (method: string, name?: string): Record<string, string> => ({
  "mcp-protocol-version": REVISION,
  "mcp-method": method,
  ...(name !== undefined && { "mcp-name": name }),
});
const CALL_HEADERS = headersOf("tools/call", "add");
/** A message, and its headers, that ask for a revision. */
const asking = (revision: string): readonly [body: unknown, headers: Record<string, string>] => [
  message("tools/list", {}, envelope({ [`${META}protocolVersion`]: revision })),
  { ...headersOf("tools/list"), "mcp-protocol-version": revision },
];

let server: RunningServer;
before(async () => {
  const tokens = join(mkdtempSync(join(tmpdir(), "mcp-")), "tokens");
  const line = (subject: string) => `${subject}:${createHash("sha256").update(`${subject}-token`).digest("hex")}\n`;
  writeFileSync(tokens, line("alice") + line("bob"));
  server = await runServer({ MCP_AUTH_TOKENS_FILE: tokens, LOG_LEVEL: "debug" });
});
after(() => server?.stop());

function send(body: unknown, headers: Record<string, string>, subject = "alice", method = "POST") {
  return fetch(server.url, {
    method,
    signal: AbortSignal.timeout(scaled(30_000)),
    headers: {
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      authorization: `Bearer ${subject}-token`,
      ...headers,
    },
    ...(method === "POST" && { body: JSON.stringify(body) }),
  });
}

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
    [message("tools/call", ADD, without("protocolVersion") as never), CALL_HEADERS],
  ],
  [
    "no capabilities in _meta",
    "invalid_envelope",
    400,
    -32602,
    [message("tools/call", ADD, without("clientCapabilities") as never), CALL_HEADERS],
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
    const answer = await send(body, headers, "alice", method);
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

test("two subjects at once, with the same request id: each gets its own answer, and neither cancels the other", async () => {
  const slow = (ms: number, text: string) =>
    send(message("tools/call", { name: "fault", arguments: { mode: "slow", ms } }, envelope({ [text]: 1 }), 1), {
      ...headersOf("tools/call", "fault"),
    });
  const add = (subject: string, a: number) =>
    send(message("tools/call", { name: "add", arguments: { a, b: 0 } }, envelope(), 1), CALL_HEADERS, subject);
  const first = slow(1500, "x");
  await server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 1);
  for (let id = 0; id < 200; id += 1) {
    const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id, _meta: envelope() } };
    const answer = await send(cancel, headersOf("notifications/cancelled"), "bob");
    assert.equal(answer.status, 202);
  }
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, a) => {
      const subject = a % 2 === 0 ? "alice" : "bob";
      const { id, result } = JSON.parse(await (await add(subject, a)).text());
      return [id, result.structuredContent.sum];
    }),
  );
  assert.deepEqual(
    answers,
    Array.from({ length: 40 }, (_, a) => [1, a]),
  );
  assert.equal(JSON.parse(await (await first).text()).result.structuredContent.text, "slow, but done");
  const lines = await server.untilRequests(
    40,
    ({ tool_name, outcome }) => tool_name === "add" && outcome === "success",
  );
  for (const subject of ["alice", "bob"]) assert.equal(lines.filter(({ user_id }) => user_id === subject).length, 20);
});

test("a disconnect cancels the call, and is no error", async () => {
  const abort = new AbortController();
  const call = fetch(server.url, {
    method: "POST",
    signal: abort.signal,
    headers: {
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      authorization: "Bearer alice-token",
      ...headersOf("tools/call", "fault"),
    },
    body: JSON.stringify(message("tools/call", { name: "fault", arguments: { mode: "hang" } }, envelope(), "gone")),
  });
  await server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 1);
  abort.abort();
  await assert.rejects(call);
  const [line] = await server.untilRequests(1, ({ request_id }) => request_id === "gone");
  assert.equal(line?.outcome, "cancelled");
  assert.equal(server.requests(({ method }) => method === "notifications/cancelled").length, 200, "only those sent");
});

test("a soak that disconnects one call in three ends with nothing pending, each with its outcome", async () => {
  const abort = new AbortController();
  const call = (index: number, ms: number, signal?: AbortSignal) => {
    const params = { name: "fault", arguments: { mode: "slow", ms } };
    return fetch(server.url, {
      method: "POST",
      ...(signal && { signal }),
      headers: {
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        authorization: "Bearer bob-token",
        ...headersOf("tools/call", "fault"),
      },
      body: JSON.stringify(message("tools/call", params, envelope(), `soak ${index}`)),
    }).then((answer) => answer.json());
  };
  const calls = Array.from({ length: 150 }, (_, index) =>
    index % 3 === 0 ? call(index, 9000, abort.signal) : call(index, 20),
  );
  await Promise.all(calls.filter((_, index) => index % 3 !== 0));
  await server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 50);
  abort.abort();
  const settled = await Promise.allSettled(calls);
  assert.equal(settled.filter(({ status }) => status === "rejected").length, 50);
  await server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 0);
  const lines = await server.untilRequests(150, ({ request_id }) => String(request_id).startsWith("soak"));
  const count = (outcome: string) => lines.filter((line) => line.outcome === outcome).length;
  assert.deepEqual([lines.length, count("success"), count("cancelled")], [150, 100, 50]);
});

test("a subscription is one open stream and one span until it ends, and the end of the server ends it", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const own = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const listen = (notifications: object) =>
    fetch(own.url, {
      method: "POST",
      headers: {
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        ...headersOf("subscriptions/listen"),
      },
      body: JSON.stringify(message("subscriptions/listen", { notifications }, envelope(), "listener")),
    });
  const open = await listen({ toolsListChanged: true, resourceSubscriptions: ["table://7"] });
  assert.equal(open.headers.get("content-type"), "text/event-stream");
  await own.untilMetric("mcp_open_streams", 1);
  const stopped = own.stop("SIGTERM");
  const events = (await open.text()).split("\n").filter((row) => row.startsWith("data: "));
  const [acknowledged, result] = events.map((row) => JSON.parse(row.slice("data: ".length)));
  assert.equal(acknowledged.method, "notifications/subscriptions/acknowledged");
  assert.deepEqual(acknowledged.params.notifications, { toolsListChanged: true });
  assert.equal(acknowledged.params._meta[`${META}subscriptionId`], "listener");
  assert.deepEqual([result.id, result.result.resultType], ["listener", "complete"]);
  assert.equal(await stopped, 0);
  const span = receiver.spans.find(({ name }) => name === "subscriptions/listen");
  assert.equal(span?.status, 0);
  assert.equal(own.requests(({ method }) => method === "subscriptions/listen")[0]?.outcome, "success");
});

test("over stdio the same faults are answered, counted and logged", async (t) => {
  const own = rawStdio();
  t.after(() => own.process.kill("SIGKILL"));
  const line = (body: unknown) => own.write(`${JSON.stringify(body)}\n`);
  line(message("tools/call", ADD, envelope({ [`${META}protocolVersion`]: "2099-01-01" }), "newer"));
  line(message("tools/call", ADD, without("clientCapabilities") as never, "envelope"));
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
