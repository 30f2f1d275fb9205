/** Every reason of the closed set, each caused by a real listener that fails in that way. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { PROBE_REASONS, PROBE_STEPS, type ProbeReason, type ProbeStep } from "mcp-telemetry/conventions";
import { selfSigned } from "../../../test/support/certificate.ts";
import { freePort } from "../../../test/support/free-port.ts";
import { scaled } from "../../../test/support/wait.ts";
import { blackHole, type FullListener, fullListener, notHttp } from "./test/broken-listeners.ts";
import {
  type Answer,
  deepList,
  drip,
  endless,
  event,
  fakeServer,
  hangUp,
  initialized,
  neverAnswer,
  raw,
  result,
  rpcError,
  status,
} from "./test/fake-server.ts";
import { probing } from "./test/probing.ts";

interface Fault {
  readonly title: string;
  readonly at: ProbeStep;
  readonly reason: ProbeReason;
  readonly url: () => Promise<string>;
}

const LATER = new Date(Date.now() + 86_400_000);
const local = (port: number, scheme = "http") => `${scheme}://127.0.0.1:${port}/mcp`;
const broken = (answers: Readonly<Record<string, Answer>>) => async () => (await fakeServer(answers)).url.href;
const called = (answer: Readonly<Record<string, unknown>>) =>
  broken({ "tools/call": result({ content: [], ...answer }) });
let full: FullListener | undefined;
after(() => full?.close());

const BELOW_MCP: readonly Fault[] = [
  {
    title: "a name that does not resolve",
    at: "tcp",
    reason: "dns",
    // Longer than a DNS label may be, so that the lookup fails without a resolver.
    url: async () => `http://${"x".repeat(64)}.invalid/mcp`,
  },
  { title: "a closed port", at: "tcp", reason: "refused", url: async () => local(await freePort()) },
  {
    title: "a listener whose queue is full",
    at: "tcp",
    reason: "timeout",
    async url() {
      full = await fullListener();
      return local(full.port);
    },
  },
  { title: "a black hole", at: "http", reason: "timeout", url: async () => local(await blackHole()) },
  {
    title: "a black hole behind https",
    at: "http",
    reason: "timeout",
    url: async () => local(await blackHole(), "https"),
  },
  { title: "a service that is not HTTP", at: "http", reason: "protocol", url: async () => local(await notHttp()) },
  { title: "a service that is not TLS", at: "http", reason: "tls", url: async () => local(await notHttp(), "https") },
  {
    title: "a certificate that is not trusted",
    at: "http",
    reason: "tls",
    url: async () => (await fakeServer({}, selfSigned(LATER))).url.href,
  },
];

const IN_MCP: readonly Fault[] = [
  {
    title: "a gateway without a server",
    at: "initialize",
    reason: "http_status",
    url: broken({ initialize: status(502) }),
  },
  {
    title: "a rejected token",
    at: "initialize",
    reason: "http_status",
    url: broken({ initialize: status(401) }),
  },
  { title: "a redirect elsewhere", at: "initialize", reason: "http_status", url: broken({ initialize: status(302) }) },
  {
    title: "a web page",
    at: "initialize",
    reason: "protocol",
    url: broken({ initialize: raw("text/html", "<html>the answer's secret body</html>") }),
  },
  {
    title: "invalid JSON",
    at: "initialize",
    reason: "protocol",
    url: broken({ initialize: raw("application/json", "{\"the answer's secret body") }),
  },
  {
    title: "an event that is not JSON",
    at: "initialize",
    reason: "protocol",
    url: broken({ initialize: raw("text/event-stream", "event: message\ndata: the answer's secret body\n\n") }),
  },
  {
    title: "an unknown protocol version",
    at: "initialize",
    reason: "protocol",
    url: broken({
      initialize: result({ protocolVersion: "1999-01-01", capabilities: {}, serverInfo: { name: "x", version: "1" } }),
    }),
  },
  { title: "a JSON-RPC error", at: "initialize", reason: "rpc_error", url: broken({ initialize: rpcError(-32603) }) },
  {
    title: "an initialize without an answer",
    at: "initialize",
    reason: "timeout",
    url: broken({ initialize: neverAnswer }),
  },
  {
    title: "an initialized notification that is rejected",
    at: "initialize",
    reason: "http_status",
    url: broken({ "notifications/initialized": status(500) }),
  },
  {
    title: "a list that answers with an error",
    at: "tools_list",
    reason: "rpc_error",
    url: broken({ "tools/list": rpcError(-32603) }),
  },
  {
    title: "a list that is not an array",
    at: "tools_list",
    reason: "protocol",
    url: broken({ "tools/list": result({ tools: 3 }) }),
  },
  {
    title: "a list without an answer",
    at: "tools_list",
    reason: "timeout",
    url: broken({ "tools/list": neverAnswer }),
  },
  {
    title: "a list that never ends",
    at: "tools_list",
    reason: "protocol",
    url: broken({ "tools/list": result({ tools: [], nextCursor: "more" }) }),
  },
  {
    title: "a list with a schema that is nested too deep to compare",
    at: "tools_list",
    reason: "protocol",
    url: broken({ "tools/list": deepList }),
  },
  {
    title: "JSON that never ends",
    at: "initialize",
    reason: "protocol",
    url: broken({ initialize: endless("application/json", '"secret body"') }),
  },
  {
    title: "an event stream that never ends, with no event",
    at: "initialize",
    reason: "protocol",
    url: broken({ initialize: endless("text/event-stream", "secret body") }),
  },
  {
    title: "an event stream that never ends, of notifications",
    at: "tool_call",
    reason: "protocol",
    url: broken({ "tools/call": endless("text/event-stream", event({ method: "notifications/secret body" })) }),
  },
  {
    title: "an event stream that never ends, of requests",
    at: "tool_call",
    reason: "protocol",
    url: broken({ "tools/call": endless("text/event-stream", event({ id: 1, method: "ping" })) }),
  },
  {
    title: "an error page that never ends",
    at: "tool_call",
    reason: "http_status",
    url: broken({ "tools/call": endless("text/html", "secret body", 500) }),
  },
  {
    title: "a body that drips",
    at: "tool_call",
    reason: "timeout",
    url: broken({ "tools/call": drip }),
  },
  {
    title: "a status that HTTP does not have",
    at: "initialize",
    reason: "protocol",
    url: broken({ initialize: status(999) }),
  },
  {
    title: "a session that is lost",
    at: "tools_list",
    reason: "http_status",
    url: broken({ "tools/list": status(404) }),
  },
  { title: "a call that never ends", at: "tool_call", reason: "timeout", url: broken({ "tools/call": neverAnswer }) },
  { title: "a call that is cut off", at: "tool_call", reason: "protocol", url: broken({ "tools/call": hangUp }) },
  {
    title: "a call that is a JSON-RPC error",
    at: "tool_call",
    reason: "rpc_error",
    url: broken({ "tools/call": rpcError(-32602) }),
  },
  {
    title: "a tool that fails",
    at: "tool_call",
    reason: "tool_error",
    url: called({ isError: true, structuredContent: { sum: 3 } }),
  },
  { title: "a wrong sum", at: "tool_call", reason: "wrong_answer", url: called({ structuredContent: { sum: 4 } }) },
  {
    title: "no sum",
    at: "tool_call",
    reason: "wrong_answer",
    url: called({ content: [{ type: "text", text: "is 3" }] }),
  },
  {
    title: "a right sum in the wrong words",
    at: "tool_call",
    reason: "wrong_answer",
    url: called({ content: [{ type: "text", text: "the answer's secret body" }], structuredContent: { sum: 3 } }),
  },
];

describe("a failure is reported with its step and reason", () => {
  for (const { title, at, reason, url } of [...BELOW_MCP, ...IN_MCP]) {
    test(`${title}: ${at} fails with ${reason}, and no later step has a result`, async () => {
      const target = probing(new URL(await url()), {}, reason === "timeout" ? scaled(400) : scaled(30_000));
      await target.probe();

      const [line, ...more] = target.lines;
      assert.deepEqual([line?.level, line?.msg, line?.step, line?.reason], ["warn", "probe failed", at, reason]);
      assert.equal(more.length, 0);
      assert.doesNotMatch(JSON.stringify(line), /secret body/);
      const failed = PROBE_STEPS.indexOf(at);
      const expected = PROBE_STEPS.map((_, index) => (index < failed ? 1 : index === failed ? 0 : undefined));
      assert.deepEqual(await target.steps(), expected);
      const failures = `mcp_probe_failures_total{target="it",step="${at}",reason="${reason}"}`;
      assert.equal(await target.metric(failures), 1);
      assert.equal(await target.metric('mcp_probe_last_success_timestamp_seconds{target="it"}'), 0);
    });
  }

  test("every reason of the closed set has a test above", () => {
    const tested = new Set([...BELOW_MCP, ...IN_MCP].map(({ reason }) => reason));
    assert.deepEqual([...tested].sort(), [...PROBE_REASONS].sort());
  });
});

test("a step that passed before has no result after an earlier step fails", async () => {
  const answers: Record<string, Answer> = {};
  const server = await fakeServer(answers);
  const target = probing(server.url);
  await target.probe();
  assert.deepEqual(await target.steps(), [1, 1, 1, 1, 1]);
  answers["tools/list"] = rpcError(-32603);
  await target.probe();
  assert.deepEqual(await target.steps(), [1, 1, 1, 0, undefined]);
  assert.equal(await target.metric('mcp_probe_duration_seconds{target="it",step="tool_call"}'), undefined);
  answers["tools/list"] = result({ tools: [] });
  await target.probe();
  assert.deepEqual(await target.steps(), [1, 1, 1, 1, 1]);
  assert.ok(target.lines.some(({ msg }) => msg === "probe succeeds again"));
});

test("a redirect is not followed, so that the token is not sent elsewhere", async () => {
  const elsewhere = await fakeServer();
  const server = await fakeServer({
    initialize: (response) => response.writeHead(307, { location: elsewhere.url.href }).end(),
  });
  const target = probing(server.url);
  await target.probe();
  assert.equal(target.lines[0]?.reason, "http_status");
  assert.deepEqual(elsewhere.requests, []);
});

test("a server without tools passes tools_list with 0 tools, and fails the canary call", async () => {
  const server = await fakeServer({ initialize: initialized({}), "tools/call": rpcError(-32601) });
  const target = probing(server.url);
  await target.probe();
  assert.deepEqual(await target.steps(), [1, 1, 1, 1, 0]);
  assert.equal(await target.metric('mcp_probe_tools{target="it"}'), 0);
});
