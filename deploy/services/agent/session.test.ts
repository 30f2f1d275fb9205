/** A server that never answers, or answers without end, fails the agent's call and does not hold it up. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRegistry } from "mcp-telemetry";
import { runServer } from "../../../test/support/running-server.ts";
import { scaled } from "../../../test/support/wait.ts";
import {
  type Answer,
  drip,
  endless,
  event,
  fakeServer,
  hangUp,
  initialized,
  neverAnswer,
  status,
} from "../probe/test/fake-server.ts";
import { AgentMetrics } from "./metrics.ts";
import { runAgent } from "./run.ts";
import { type Era, openSession } from "./session.ts";

const REQUEST_MS = scaled(1000);

async function run(answers: Readonly<Record<string, Answer>>, requestMs = REQUEST_MS): Promise<void> {
  const server = await fakeServer({ initialize: initialized({ tools: {} }, { "mcp-session-id": "s-1" }), ...answers });
  const session = await openSession(server.url, "agent", new AgentMetrics(createRegistry()), "legacy", requestMs);
  try {
    assert.deepEqual(await session.listTools(), ["add"]);
    assert.deepEqual(await session.call("add", { a: 1, b: 2 }), { sum: 3 });
  } finally {
    await session.end();
  }
}

test("a server that answers is used", () => run({}));

for (const [title, answers] of [
  ["an initialize without an answer", { initialize: neverAnswer }],
  ["an initialized notification without an answer", { "notifications/initialized": neverAnswer }],
  ["a DELETE without an answer", { DELETE: neverAnswer }],
  ["a call without an answer", { "tools/call": neverAnswer }],
  ["a call whose answer drips", { "tools/call": drip }],
  ["a call whose events never end", { "tools/call": endless("text/event-stream", event({ id: 1, method: "ping" })) }],
] as const) {
  test(`${title} fails the run in time`, { timeout: 10 * REQUEST_MS }, () => assert.rejects(run(answers)));
}

test("a call whose answer never ends fails before the time is over: the rest is not received", () =>
  assert.rejects(
    run({ "tools/call": endless("application/json", " ") }, 30 * REQUEST_MS),
    /the server sent more than 2097152 bytes/,
  ));

test("a redirect to another origin is not followed", async () => {
  const elsewhere = await fakeServer();
  const location = elsewhere.url.href;
  await assert.rejects(run({ "tools/call": (response) => response.writeHead(307, { location }).end() }));
  assert.deepEqual(elsewhere.requests, []);
});

const ERA_CASES: readonly (readonly [Era, hasSession: boolean, method: string])[] = [
  ["legacy", true, "initialize"],
  ["auto", false, "server/discover"],
  ["modern", false, "server/discover"],
];
for (const [era, hasSession, method] of ERA_CASES) {
  test(`${era}: this server is called ${hasSession ? "in a session" : "without a session"}`, async (t) => {
    const server = await runServer();
    t.after(() => server.stop());
    const registry = createRegistry();
    const session = await openSession(server.url, "agent", new AgentMetrics(registry), era);
    assert.equal(session.id !== undefined, hasSession);
    assert.ok((await session.listTools()).includes("add"));
    assert.deepEqual(await session.call("add", { a: 1, b: 2 }), { sum: 3 });
    await session.end();
    const lines = await server.untilRequests(3, () => true);
    assert.equal(lines[0]?.method, method);
    const metrics = await registry.metrics();
    assert.match(metrics, /^mcp_client_operation_duration_seconds_count\{.*"tools\/call".* 1$/m);
    assert.equal(/^mcp_client_session_duration_seconds_count\{.* 1$/m.test(metrics), hasSession);
  });
}

for (const [title, answers, errorType] of [
  ["a call that the server refuses", { "tools/call": status(404) }, "404"],
  ["a call that ends with its connection", { "tools/call": hangUp }, "UND_ERR_SOCKET"],
  ["a DELETE that the server refuses", { DELETE: status(500) }, "500"],
] as const) {
  test(`${title} ends the session with an error`, async () => {
    const server = await fakeServer({
      initialize: initialized({ tools: {} }, { "mcp-session-id": "s-1" }),
      ...answers,
    });
    const registry = createRegistry();
    const stages = [[{ tool: "add", args: { a: 1, b: 2 } }]];
    await assert.rejects(runAgent(server.url, new AgentMetrics(registry), "legacy", stages));
    const ended = (await registry.metrics()).match(/^mcp_client_session_duration_seconds_count\{.*$/m)?.[0];
    const { port } = server.url;
    assert.equal(
      ended,
      `mcp_client_session_duration_seconds_count{mcp_protocol_version="2025-06-18",network_transport="tcp",error_type="${errorType}",server_address="127.0.0.1",server_port="${port}"} 1`,
    );
  });
}

test("auto opens a session where the server knows no other way, and modern fails", async () => {
  const server = await fakeServer({ initialize: initialized({ tools: {} }, { "mcp-session-id": "s-1" }) });
  const open = (era: Era) => openSession(server.url, "agent", new AgentMetrics(createRegistry()), era, REQUEST_MS);
  const session = await open("auto");
  assert.deepEqual([session.id, await session.call("add", { a: 1, b: 2 })], ["s-1", { sum: 3 }]);
  await session.end();
  await assert.rejects(open("modern"));
});
