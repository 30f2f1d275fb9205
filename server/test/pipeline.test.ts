/** Each cause of failure, through the real server and a real HTTP downstream that fails. */
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { type TestContext, test } from "node:test";
import { setInterval } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { PINNED } from "../../test/support/era-clients.ts";
import { freePort } from "../../test/support/free-port.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { runServer } from "../../test/support/running-server.ts";
import { until } from "../../test/support/wait.ts";

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

async function downstream(t: TestContext, answer: Answer): Promise<{ url: string; asked: () => number }> {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    answer(request, response, count);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => count };
}

async function start(t: TestContext, own: Record<string, string>) {
  const receiver = await otlpReceiver();
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...own });
  const client = await server.client();
  t.after(async () => {
    await client.close();
    await server.stop();
    await receiver.close();
  });
  const look = () => client.callTool({ name: "ask_upstream", arguments: { sku: "A-1" } });
  return { receiver, server, client, look };
}

async function* endless() {
  for (;;) yield " ".repeat(64 * 1024);
}

async function* drops() {
  for await (const _ of setInterval(50)) yield " ";
}

const ITEM = '{"sku":"A-1","name":"anvil","price_usd":1,"stock":1}';

const FAULTS: readonly (readonly [title: string, errorClass: string, says: RegExp, answer: Answer | string])[] = [
  ["a refused connection", "upstream", /fetch failed/, "refused"],
  ["a name that does not resolve", "upstream", /fetch failed/, "http://nowhere.invalid"],
  [
    "a reset in the middle of the body",
    "upstream",
    /terminated/,
    (_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
      setTimeout(() => response.socket?.resetAndDestroy(), 20);
    },
  ],
  [
    "429 with Retry-After",
    "rate_limit",
    /upstream answered with status 429; try again after 7 s/,
    (_request, response) => response.writeHead(429, { "retry-after": "7" }).end(),
  ],
  ["500", "upstream", /upstream answered with status 500/, (_request, response) => response.writeHead(500).end()],
  ["garbage instead of JSON", "malformed_output", /JSON/, (_request, response) => response.end("<html>garbage</html>")],
  ["JSON of another shape", "malformed_output", /expected/, (_request, response) => response.end('{"sku":1}')],
  [
    "a body that never ends",
    "output_too_large",
    /upstream sent more than 1048576 bytes/,
    (_request, response) => void pipeline(endless, response).catch(() => {}),
  ],
  [
    "a small body that decompresses to a large one",
    "output_too_large",
    /upstream sent more than 1048576 bytes/,
    (_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(4 * 1024 * 1024, " "))),
  ],
  [
    "a body that drips",
    "timeout",
    /tool ask_upstream did not finish within 3000 ms/,
    (_request, response) => void pipeline(drops, response).catch(() => {}),
  ],
  ["no answer at all", "timeout", /tool ask_upstream did not finish within 3000 ms/, () => {}],
  [
    "an answer after the deadline",
    "timeout",
    /tool ask_upstream did not finish within 3000 ms/,
    (_request, response) => setTimeout(() => response.end(ITEM), 3300),
  ],
];

for (const [title, errorClass, says, fault] of FAULTS) {
  test(`${title} is ${errorClass}, on the answer, the line, the counter and the span`, async (t) => {
    const url =
      fault === "refused"
        ? `http://127.0.0.1:${await freePort()}`
        : typeof fault === "string"
          ? fault
          : (await downstream(t, fault)).url;
    const { receiver, server, look } = await start(t, { UPSTREAM_URL: url });
    const answer = await look();
    assert.equal(answer.isError, true);
    const [content] = answer.content as { text: string }[];
    assert.match(content?.text ?? "", says);
    assert.doesNotMatch(content?.text ?? "", / at .*\.ts/);
    const [line] = await server.untilRequests(1, ({ tool_name }) => tool_name === "ask_upstream");
    assert.deepEqual([line?.outcome, line?.error_class], ["error", errorClass]);
    const retryable = errorClass !== "malformed_output" && errorClass !== "output_too_large";
    const series = `mcp_tool_errors_total{tool_name="ask_upstream",error_class="${errorClass}",retryable="${retryable}"}`;
    assert.equal(await server.metric(series), 1);
    const span = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call ask_upstream"));
    assert.equal(span.attributes["mcp.error.class"], errorClass);
    assert.equal(span.attributes["mcp.error.retryable"], retryable);
    assert.equal(span.attributes["mcp.timeout_ms"], 3000);
  });
}

test("a redirect to another origin is not followed: that origin gets no request, trace context or baggage", async (t) => {
  const internal = await downstream(t, (_request, response) => response.end(ITEM));
  const { url } = await downstream(t, (_request, response) =>
    response.writeHead(307, { location: `${internal.url}/secret` }).end(),
  );
  const { server, look } = await start(t, { UPSTREAM_URL: url });
  const answer = await look();
  assert.equal(answer.isError, true);
  assert.match(JSON.stringify(answer.content), /upstream answered with status 307/);
  assert.equal(internal.asked(), 0);
  const [line] = await server.untilRequests(1, ({ tool_name }) => tool_name === "ask_upstream");
  assert.equal(line?.error_class, "upstream");
});

test("a redirect within the origin is followed with the trace context, a loop of them is not", async (t) => {
  const trace = new Map<string, unknown>();
  let loops = false;
  const { url, asked } = await downstream(t, (request, response) => {
    trace.set(String(request.url), request.headers.traceparent);
    if (request.url === "/moved" && !loops) response.end(ITEM);
    else response.writeHead(302, { location: "/moved" }).end();
  });
  const { look } = await start(t, { UPSTREAM_URL: url });
  assert.equal((await look()).isError, undefined);
  assert.deepEqual([...trace.keys()], ["/items/A-1", "/moved"]);
  for (const traceparent of trace.values()) assert.match(String(traceparent), /^00-/);

  loops = true;
  const before = asked();
  assert.match(JSON.stringify((await look()).content), /upstream answered with status 302/);
  assert.equal(asked() - before, 12, "three attempts, each followed three times");
});

test("an answer that is not wanted any more is no longer received: too large, not found, or an error", async (t) => {
  let closed = 0;
  let status = 200;
  const { url } = await downstream(t, (_request, response) => {
    response.once("close", () => {
      closed += 1;
    });
    response.writeHead(status);
    pipeline(endless, response).catch(() => {});
  });
  const { server, look } = await start(t, { UPSTREAM_URL: url });
  for (const [next, answers] of [
    [200, 1],
    [404, 1],
    [500, 3],
  ] as const) {
    status = next;
    closed = 0;
    await look();
    await until(
      () => closed === answers,
      () => `${closed} of ${answers} answers with status ${next} were closed`,
    );
  }
  const warning = await server.line(({ msg }) => msg === "answer too large");
  assert.deepEqual([warning.level, warning.dependency, warning.limit_bytes], ["warn", "upstream", 1048576]);
});

test("an idempotent request is tried again, each attempt a client span and a warn line", async (t) => {
  const { url } = await downstream(t, (_request, response, count) =>
    count < 3 ? response.writeHead(503).end() : response.end(ITEM),
  );
  const { receiver, server, look } = await start(t, { UPSTREAM_URL: url });
  const answer = await look();
  assert.equal(answer.isError, undefined);
  const call = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call ask_upstream"));
  assert.equal(receiver.spans.filter(({ parentSpanId }) => parentSpanId === call.spanId).length, 3);
  await server.untilRequests(1, ({ tool_name }) => tool_name === "ask_upstream");
  const retries = server.lines().filter(({ level, msg }) => level === "warn" && msg === "retry");
  assert.deepEqual(
    retries.map(({ dependency, attempt }) => [dependency, attempt]),
    [
      ["upstream", 1],
      ["upstream", 2],
    ],
  );
  assert.equal(call.events.filter(({ name }) => name === "retry").length, 2);
});

test("a breaker opens after five failures, answers at once, and closes when the dependency is back", async (t) => {
  let broken = true;
  const { url, asked } = await downstream(t, (_request, response) =>
    broken ? response.writeHead(500).end() : response.end(ITEM),
  );
  const { receiver, server, look } = await start(t, { UPSTREAM_URL: url });
  assert.equal(await server.metric('mcp_circuit_breaker_open{dependency="upstream"}'), 0);
  await look();
  await look();
  assert.equal(await server.metric('mcp_circuit_breaker_open{dependency="upstream"}'), 1);
  const before = asked();
  const refused = await look();
  assert.match(JSON.stringify(refused.content), /upstream is failing and is not asked for a while/);
  assert.equal(asked(), before);
  const open = 'mcp_tool_errors_total{tool_name="ask_upstream",error_class="circuit_open",retryable="true"}';
  assert.ok(((await server.metric(open)) ?? 0) >= 1);
  await receiver.until((spans) =>
    spans.find(({ events }) => events.some(({ name }) => name === "circuit breaker open")),
  );

  broken = false;
  await until(async () => (await look()).isError !== true, "a call that is answered again");
  assert.equal(await server.metric('mcp_circuit_breaker_open{dependency="upstream"}'), 0);
  await server.line(({ msg }) => msg === "circuit breaker closed");
  const states = server
    .lines()
    .filter(({ level, msg }) => level === "warn" && String(msg).startsWith("circuit breaker"));
  assert.deepEqual(
    states.map(({ msg }) => msg),
    ["circuit breaker open", "circuit breaker half-open", "circuit breaker closed"],
  );
});

test("a bulkhead runs 20, queues 50 and refuses the rest at once", async (t) => {
  const waiting: ServerResponse[] = [];
  const { url } = await downstream(t, (_request, response) => waiting.push(response));
  // On a busy machine the first calls must still run when the last ones come.
  const { server, look } = await start(t, { UPSTREAM_URL: url, UPSTREAM_TIMEOUT_MS: "60000" });
  const calls = Array.from({ length: 80 }, () => look());
  await server.untilMetric('mcp_bulkhead_queued{bulkhead="upstream"}', 50);
  assert.equal(await server.metric('mcp_bulkhead_running{bulkhead="upstream"}'), 20);
  assert.equal(await server.metric('mcp_bulkhead_limit{bulkhead="upstream"}'), 20);
  const full = 'mcp_tool_errors_total{tool_name="ask_upstream",error_class="bulkhead_full",retryable="true"}';
  await server.untilMetric(full, 10);
  const release = globalThis.setInterval(() => {
    for (const response of waiting.splice(0)) response.end(ITEM);
  }, 10);
  const answers = await Promise.all(calls);
  clearInterval(release);
  assert.equal(answers.filter(({ isError }) => isError !== true).length, 70);
  await server.line(({ msg, level }) => msg === "bulkhead full" && level === "warn");
  await server.line(({ msg, level }) => msg === "bulkhead queuing" && level === "warn");
});

test("a result that is too large is refused, and a tool that hangs is given up", async (t) => {
  const { server, client } = await start(t, {});
  const [large, hung] = await Promise.all([
    client.callTool({ name: "fault", arguments: { mode: "oversized" } }),
    client.callTool({ name: "fault", arguments: { mode: "hang" } }),
  ]);
  assert.match(JSON.stringify(large.content), /bytes, and 1048576 is the limit: ask for less/);
  assert.match(JSON.stringify(hung.content), /tool fault did not finish within 10000 ms/);
  const classes = (await server.untilRequests(2, ({ tool_name }) => tool_name === "fault")).map(
    ({ error_class }) => error_class,
  );
  assert.deepEqual(classes.toSorted(), ["output_too_large", "timeout"]);
});

test("cost is on the span, in the counter, and summed up for the session", async (t) => {
  const { url } = await downstream(t, (_request, response) => response.end(ITEM));
  const { receiver, server, client, look } = await start(t, { UPSTREAM_URL: url });
  await look();
  await look();
  const cost = await server.metric('mcp_tool_estimated_cost_usd_total{tool_name="ask_upstream"}');
  assert.equal(cost?.toFixed(4), "0.0002");
  await (client.transport as unknown as { terminateSession(): Promise<void> }).terminateSession();
  const ended = await server.line(({ msg }) => msg === "session ended");
  assert.equal(Number(ended.estimated_cost_usd).toFixed(4), "0.0002");
  const call = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call ask_upstream"));
  assert.equal(call.attributes["mcp.estimated_cost_usd"], 0.0001);
  const session = await receiver.until((spans) => spans.find(({ name }) => name === "mcp.session"));
  assert.equal(Number(session.attributes["mcp.estimated_cost_usd"]).toFixed(4), "0.0002");
});

test("a runaway agent is one warn line and one count for its episode", async (t) => {
  const { server, client } = await start(t, { MCP_RUNAWAY_PER_MINUTE: "5" });
  for (let call = 0; call < 12; call += 1) await client.callTool({ name: "add", arguments: { a: 1, b: 1 } });
  assert.equal(await server.metric('mcp_runaway_episodes_total{tool_name="add"}'), 1);
  await server.untilRequests(12, ({ tool_name }) => tool_name === "add");
  const [warning, ...others] = server.lines().filter(({ msg }) => msg === "runaway agent");
  assert.deepEqual([warning?.level, warning?.tool_name, others.length], ["warn", "add", 0]);
});

/** Calls `add` three times, as one client of a revision without sessions. */
async function threeCalls(url: URL, name: string, run?: string): Promise<void> {
  const client = await PINNED.connect({ url }, name);
  const traceparent = `00-${"1".repeat(32)}-${"1".repeat(16)}-01`;
  const _meta = run === undefined ? {} : { traceparent, baggage: `agent.run_id=${run}` };
  for (let call = 0; call < 3; call += 1) await client.callTool({ name: "add", arguments: { a: 1, b: 1 }, _meta });
  await client.close();
}

const RUNAWAYS = 'mcp_runaway_episodes_total{tool_name="add"}';

test("without sessions, the calls of one client belong together, and those of another do not", async (t) => {
  const { server } = await start(t, { MCP_RUNAWAY_PER_MINUTE: "5" });
  await threeCalls(server.url, "one");
  await threeCalls(server.url, "two");
  assert.equal(await server.metric(RUNAWAYS), 0);
  await threeCalls(server.url, "one");
  assert.equal(await server.metric(RUNAWAYS), 1);
});

test("without sessions, the calls of one agent run belong together, whatever its clients", async (t) => {
  const { server } = await start(t, { MCP_RUNAWAY_PER_MINUTE: "5" });
  await threeCalls(server.url, "agent", "run-1");
  await threeCalls(server.url, "agent", "run-2");
  await threeCalls(server.url, "agent");
  assert.equal(await server.metric(RUNAWAYS), 0);
  await threeCalls(server.url, "sub-agent", "run-2");
  const warning = await server.line(({ msg }) => msg === "runaway agent");
  assert.deepEqual([warning.agent_run_id, await server.metric(RUNAWAYS)], ["run-2", 1]);
});
