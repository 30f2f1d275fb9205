/** The inspector as an MCP server: a coding agent finds by its tools alone why a call failed. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { CLIENT_KINDS, type EraClient } from "../../test/support/era-clients.ts";
import { freePort } from "../../test/support/free-port.ts";
import { type Emissions, type RunningServer, runServer } from "../../test/support/running-server.ts";

const ON = { MCP_INSPECT: "1", MCP_TRACE_HTTP: "1" };
const ADD = { name: "add", arguments: { a: 1, b: 1 } };

// biome-ignore lint/suspicious/noExplicitAny: what a client reads of a JSON text
type Json = any;

async function asked(client: EraClient, name: string, args: Record<string, unknown> = {}): Promise<Json> {
  const { content, isError } = (await client.callTool({ name, arguments: args })) as Json;
  assert.ok(!isError, content[0].text);
  return JSON.parse(content[0].text);
}

const [first] = CLIENT_KINDS;
const connect = async (t: TestContext, server: Emissions, kind = first): Promise<EraClient> => {
  const client = await (kind ?? assert.fail()).connect(
    { url: await server.metricsUrl("/inspect/mcp") },
    "coding agent",
  );
  t.after(() => client.close());
  return client;
};

/** A server whose tool fails because the service that it asks answers 503, and one whose tool fails by itself. */
async function failing(t: TestContext): Promise<{ server: RunningServer; port: number }> {
  const upstream = createServer((_request, response) => void response.writeHead(503).end()).listen(0, "127.0.0.1");
  await once(upstream, "listening");
  t.after(() => upstream.close());
  const { port } = upstream.address() as AddressInfo;
  const server = await runServer({ ...ON, UPSTREAM_URL: `http://127.0.0.1:${port}` });
  t.after(() => server.stop());
  const client = await server.client(undefined, "user");
  await client.callTool(ADD);
  await client.callTool({ name: "ask_upstream", arguments: { sku: "A-1" } });
  for (const mode of ["error", "error", "nonsense"]) await client.callTool({ name: "fault", arguments: { mode } });
  await (client.transport as StreamableHTTPClientTransport).terminateSession();
  await client.close();
  return { server, port };
}

test("each client finds by the tools alone why a call failed", async (t) => {
  const { server, port } = await failing(t);
  for (const kind of CLIENT_KINDS) {
    const agent = await connect(t, server, kind);
    const { causes } = await asked(agent, "explain_errors");
    assert.deepEqual(
      causes.map(({ count, call, error_class, reason }: Json) => [count, call, error_class ?? reason]),
      [
        [2, "tools/call fault", "unknown"],
        [1, "tools/call fault", "invalid_arguments"],
        [1, "tools/call ask_upstream", "upstream"],
      ],
      kind.title,
    );
    const [thrown, , upstream] = causes;
    assert.equal(upstream.error.message, "upstream answered with status 503");
    assert.deepEqual(upstream.failed_outgoing_calls, [`GET 127.0.0.1 ${port} 503`]);
    assert.match(thrown.error.at, /server\/test\/test-tools\.ts:\d+/, "the line of the tool that threw");

    const { trace_id, span_id } = upstream.example;
    const { rows } = await asked(agent, "get_trace", { trace_id, span_id });
    assert.deepEqual([rows[0].call, rows[0].depth, rows[0].error_class], ["tools/call ask_upstream", 0, "upstream"]);
    const called = rows.filter(({ span }: Json) => span === "GET");
    assert.ok(called.length > 1 && called.every(({ failed, depth }: Json) => failed && depth === 1), "retries too");
    assert.equal(called[0].attributes["http.response.status_code"], 503);
    const request = rows.find(({ line }: Json) => line === "request");
    assert.equal(request.fields.err.type, "UpstreamError");
  }
});

test("calls are found by tool, outcome, class, duration, text and session, the newest first, a page at a time", async (t) => {
  const { server } = await failing(t);
  const agent = await connect(t, server);
  const found = async (filters: Record<string, unknown>) =>
    (await asked(agent, "find_calls", filters)).calls.map(({ call }: Json) => call.replace("tools/call ", ""));
  assert.deepEqual(await found({ tool: "fault" }), ["fault", "fault", "fault"]);
  assert.deepEqual(await found({ outcome: "error" }), ["fault", "fault", "ask_upstream"]);
  assert.deepEqual(await found({ outcome: "rejected" }), ["fault"]);
  assert.deepEqual(await found({ error_class: "upstream" }), ["ask_upstream"]);
  assert.deepEqual(await found({ text: "STATUS 503" }), ["ask_upstream"]);
  assert.deepEqual(await found({ min_duration_ms: 86_400_000 }), []);
  const [{ session }, ...others] = (await asked(agent, "list_sessions")).sessions;
  assert.equal(others.length, 0, "the agent that looks has no session here");
  assert.deepEqual(await found({ session, tool: "add" }), ["add"]);
  assert.deepEqual(await found({ session: "-" }), []);

  const user = await server.client(undefined, "user");
  for (let i = 0; i < 45; i += 1) await user.callTool(ADD);
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const { calls, total, next_cursor } = await asked(agent, "find_calls", { tool: "add", cursor });
    assert.equal(total, 46);
    pages.push(calls.map(({ span_id }: Json) => span_id));
    cursor = next_cursor;
    await user.callTool(ADD);
  } while (cursor !== undefined);
  await user.close();
  assert.deepEqual(
    pages.map(({ length }) => length),
    [20, 20, 6],
  );
  assert.equal(new Set(pages.flat()).size, 46, "a call that is made meanwhile moves no page");
});

test("sessions, one session and the tools have their facts", async (t) => {
  const { server } = await failing(t);
  const agent = await connect(t, server);
  const { sessions } = await asked(agent, "list_sessions");
  const facts = { client: "user 1.0.0", user_id: "anonymous", requests: 7, tool_calls: 5, errors: 3 };
  const named = (object: Json) => Object.fromEntries(Object.keys(facts).map((name) => [name, object[name]]));
  assert.deepEqual(sessions.map(named), [facts]);
  const session = await asked(agent, "get_session", { session: sessions[0].session });
  assert.deepEqual(named(session), facts);
  const names = session.events.map(({ call, line }: Json) => call ?? line);
  assert.deepEqual(names.slice(0, 3), ["initialize", "notifications/initialized", "tools/call add"]);
  assert.equal(names.at(-1), "session ended", "a line that belongs to no request");
  const { tools, window_ms } = await asked(agent, "tool_stats");
  assert.ok(window_ms > 0);
  assert.deepEqual(
    tools.map(({ tool, calls, success, error, rejected }: Json) => [tool, calls, success, error, rejected]),
    [
      ["fault", 3, 0, 2, 1],
      ["add", 1, 1, 0, 0],
      ["ask_upstream", 1, 0, 1, 0],
    ],
  );
  assert.deepEqual((await asked(agent, "tool_stats", { tool: "add" })).tools.length, 1);
});

/** Every text of an answer. */
function textsOf(value: Json): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  const { next_cursor: _, ...members } = value;
  return Object.values(members).flatMap(textsOf);
}

test("nothing is answered that the page does not show, and looking leaves no trace", async (t) => {
  const { server } = await failing(t);
  const agent = await connect(t, server);
  const read = async (query: string) => (await fetch(await server.metricsUrl(`/inspect.json${query}`))).json() as Json;
  const all = await read("");
  const session = all.sessions[0].id;
  const shown = new Set(textsOf([all, await read(`?session=${session}`)]));
  const before = [all.held.spans.pushed, all.held.lines.pushed];
  const traces = new Set(all.requests.map(({ traceId }: Json) => traceId));
  const answers = [
    await asked(agent, "list_sessions"),
    await asked(agent, "get_session", { session }),
    await asked(agent, "find_calls"),
    await asked(agent, "explain_errors"),
    await asked(agent, "tool_stats"),
    ...(await Promise.all([...traces].map((trace_id) => asked(agent, "get_trace", { trace_id })))),
  ];
  const isShown = (text: string) =>
    [...shown].some((known) => known.includes(text.replace(/…$/, ""))) ||
    !Number.isNaN(Date.parse(text)) ||
    /^GET 127\.0\.0\.1 \d+ 503$/.test(text);
  assert.deepEqual(
    textsOf(answers).filter((text) => !isShown(text)),
    [],
  );
  const { held } = await read("");
  assert.deepEqual([held.spans.pushed, held.lines.pushed], before);
  const metrics = await server.metrics();
  assert.doesNotMatch(metrics, /explain_errors|coding agent/);
});

test("an answer is small, however much is recorded", async (t) => {
  const server = await runServer(ON, "server/test/fixture-server.ts");
  t.after(() => server.stop());
  const user = await server.client();
  const long = Buffer.from("x".repeat(5000)).toString("base64");
  for (let i = 0; i < 60; i += 1) await user.callTool({ name: "say", arguments: { base64: long } });
  await user.close();
  const agent = await connect(t, server);
  const { calls } = await asked(agent, "find_calls", { tool: "say" });
  const { trace_id } = calls[0];
  for (const [name, args] of Object.entries({ find_calls: {}, explain_errors: {}, get_trace: { trace_id } })) {
    const size = JSON.stringify(await asked(agent, name, args)).length;
    assert.ok(size < 50_000, `${name}: ${size}`);
  }
});

test("a character that nobody sees is answered as its code", async (t) => {
  const server = await runServer(ON, "server/test/fixture-server.ts");
  t.after(() => server.stop());
  const user = await server.client();
  await user.callTool({ name: "say", arguments: { base64: Buffer.from("a\u202eb").toString("base64") } });
  await user.close();
  const agent = await connect(t, server);
  const { trace_id } = (await asked(agent, "find_calls", { tool: "say" })).calls[0];
  const { rows } = await asked(agent, "get_trace", { trace_id });
  assert.ok(rows.some(({ line }: Json) => line === "a\\u{202e}b"));
});

test("wrong arguments, and what is not recorded, are said in the result", async (t) => {
  const server = await runServer(ON);
  t.after(() => server.stop());
  const agent = await connect(t, server);
  const wrong = async (name: string, args: Record<string, unknown>) => {
    const { isError, content } = (await agent.callTool({ name, arguments: args })) as Json;
    assert.equal(isError, true);
    return content[0].text;
  };
  assert.match(await wrong("find_calls", { outcome: "bad" }), /^outcome: .*rejected/);
  assert.match(await wrong("find_calls", { tol: "add" }), /tol/);
  assert.match(await wrong("get_session", {}), /^session: /);
  assert.match(await wrong("find_calls", { cursor: "1" }), /^cursor: expected a next_cursor$/);
  assert.match(await wrong("get_session", { session: "none" }), /list_sessions/);
  assert.match(await wrong("get_trace", { trace_id: "none" }), /no request of this trace/);
  await assert.rejects(agent.callTool({ name: "delete_all", arguments: {} }), /unknown tool/);
});

const COMMAND = fileURLToPath(new URL("../telemetry/inspect-command.ts", import.meta.url));

test("over stdio it starts before the server does, says so, and finds the server once it runs", async (t) => {
  const port = String(await freePort());
  for (const kind of CLIENT_KINDS) {
    const args = [COMMAND, `http://127.0.0.1:${port}`];
    const agent = await kind.connect({ command: process.execPath, args, env: {} }, "coding agent");
    t.after(() => agent.close());
    const absent = (await agent.callTool({ name: "list_sessions", arguments: {} })) as Json;
    assert.equal(absent.isError, true);
    assert.match(absent.content[0].text, /^no inspector answers at http:\/\/127\.0\.0\.1:\d+: start the server/);
    const server = await runServer({ ...ON, METRICS_PORT: port });
    const user = await server.client(undefined, "user");
    await user.callTool({ name: "fault", arguments: { mode: "rate_limit" } });
    await user.close();
    const { causes } = await asked(agent, "explain_errors");
    assert.deepEqual([causes[0].error_class, causes.length], ["rate_limit", 1], kind.title);
    const wrong = (await agent.callTool({ name: "get_trace", arguments: {} })) as Json;
    assert.match(wrong.content[0].text, /^trace_id: /);
    await server.stop();
  }
});
