/** The examples of a tool that asks back, a tool that takes time, a resource and a prompt, for a client without sessions. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Client, type ElicitResult, type Progress, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from "../../test/support/otlp-receiver.ts";
import { type LogLine, type RunningServer, runServer } from "../../test/support/running-server.ts";

const REVISION = "2026-07-28";
const NAME = "a name that stays here";

let receiver: OtlpReceiver;
let server: RunningServer;
let client: Client;
let asked: unknown[] = [];
let answer: ElicitResult = { action: "decline" };

before(async () => {
  receiver = await otlpReceiver();
  server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  client = new Client(
    { name: "examples", version: "1.0.0" },
    { versionNegotiation: { mode: { pin: REVISION } }, capabilities: { elicitation: { form: {} } } },
  );
  client.setRequestHandler("elicitation/create", ({ params }) => {
    asked.push(params);
    return answer;
  });
  await client.connect(new StreamableHTTPClientTransport(server.url));
  await server.untilRequests(1, ({ method }) => method === "server/discover");
});
after(async () => {
  await client?.close();
  await server?.stop();
  await receiver?.close();
});

let seen = 0;
beforeEach(() => {
  asked = [];
  seen = server.requests().length;
});

/** The lines of one test's requests, each with its span. */
async function observed(count: number): Promise<readonly [LogLine, ReceivedSpan][]> {
  const lines = (await server.untilRequests(seen + count, () => true)).slice(seen);
  const spans = await Promise.all(
    lines.map((line) => receiver.until((all) => all.find(({ spanId }) => spanId === line.span_id))),
  );
  for (const span of spans) {
    assert.equal(span.attributes["mcp.protocol.version"], REVISION);
    assert.equal(span.attributes["mcp.session.id"], undefined);
  }
  return lines.map((line, i) => [line, spans[i] ?? assert.fail()]);
}

const calls = (tool: string, status: string) =>
  server.metric(`mcp_tool_calls_total{tool_name="${tool}",status="${status}",transport="http"}`);

const greet = () => client.callTool({ name: "greet", arguments: { salutation: "Good morning" } });

test("greet asks with the result of a first request; a second one has the answer; each is a call that succeeds", async () => {
  answer = { action: "accept", content: { name: NAME } };
  const { structuredContent } = await greet();
  assert.deepEqual(structuredContent, { greeting: `Good morning, ${NAME}!` });
  assert.equal(asked.length, 1);
  const requests = await observed(2);
  assert.deepEqual(
    requests.map(([line, span]) => [line.tool_name, line.outcome, span.name, span.status]),
    Array(2).fill(["greet", "success", "tools/call greet", 0]),
  );
  assert.equal(await calls("greet", "success"), 2);
  assert.ok(!`${server.text()}${JSON.stringify(receiver.spans)}${await server.metrics()}`.includes(NAME));
});

test("greet works without a name when the user declines", async () => {
  answer = { action: "decline" };
  assert.deepEqual((await greet()).structuredContent, { greeting: "Good morning, stranger!" });
  await observed(2);
});

test("an answer that does not fit is the caller's fault", async () => {
  answer = { action: "accept", content: { name: 1 } };
  const rejected = await calls("greet", "rejected");
  const result = await greet();
  assert.equal(result.isError, true);
  assert.match(JSON.stringify(result.content), /does not fit its schema/);
  const [, [second] = assert.fail()] = await observed(2);
  assert.equal(second.outcome, "rejected");
  assert.equal(await calls("greet", "rejected"), Number(rejected) + 1);
});

test("a countdown reports each step", async () => {
  const reports: Progress[] = [];
  const { structuredContent } = await client.callTool(
    { name: "countdown", arguments: { from: 3 } },
    { onprogress: (report) => reports.push(report) },
  );
  assert.deepEqual(structuredContent, { steps: 3 });
  assert.deepEqual(
    reports.map(({ progress, total }) => [progress, total]),
    [
      [1, 3],
      [2, 3],
      [3, 3],
    ],
  );
  const [[line, span] = assert.fail()] = await observed(1);
  assert.deepEqual([line.outcome, span.name], ["success", "tools/call countdown"]);
  assert.equal(await calls("countdown", "success"), 1);
});

test("a countdown that the client aborts stops, and is recorded as cancelled", async () => {
  const abort = new AbortController();
  const reports: Progress[] = [];
  const call = client.callTool(
    { name: "countdown", arguments: { from: 100 } },
    {
      signal: abort.signal,
      onprogress(report) {
        reports.push(report);
        abort.abort();
      },
    },
  );
  await assert.rejects(call);
  const [[line] = assert.fail()] = await observed(1);
  assert.equal(line.outcome, "cancelled");
  assert.ok(Number(line.duration_ms) < 5000, "it stopped before its end");
  assert.equal(await calls("countdown", "cancelled"), 1);
  await server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 0);
  assert.equal(reports.length, 1);
});

test("a times table is read by its URI, of which only the template is recorded", async () => {
  const { contents } = await client.readResource({ uri: "times-table://7" });
  assert.match(JSON.stringify(contents), /10 × 7 = 70/);
  const [[line, span] = assert.fail()] = await observed(1);
  assert.deepEqual([line.method, line.outcome, span.name], ["resources/read", "success", "resources/read"]);
  assert.equal(span.attributes["mcp.resource.uri"], "times-table://{number}");
});

test("a table that does not exist is the caller's fault", async () => {
  await assert.rejects(client.readResource({ uri: "times-table://no-number" }), { code: -32602 });
  const [[line, span] = assert.fail()] = await observed(1);
  assert.deepEqual([line.outcome, span.status], ["rejected", 0]);
  assert.ok(!server.text().includes("no-number"));
});

test("the prompt has its argument in its text, which is completed while the user types", async () => {
  const { completion } = await client.complete({
    ref: { type: "ref/prompt", name: "explain_addition" },
    argument: { name: "language", value: "p" },
  });
  assert.deepEqual(completion.values, ["Portuguese"]);
  const { messages } = await client.getPrompt({ name: "explain_addition", arguments: { language: "French" } });
  assert.match(JSON.stringify(messages), /Explain in French/);
  const requests = await observed(2);
  assert.deepEqual(
    requests.map(([line, span]) => [line.outcome, span.name]),
    [
      ["success", "completion/complete"],
      ["success", "prompts/get explain_addition"],
    ],
  );
});
