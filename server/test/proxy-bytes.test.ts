/** What passes a proxy is byte for byte what a direct connection has. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request as send } from "node:http";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { type RecordingUpstream, recordingUpstream } from "../../test/support/recording-upstream.ts";
import { runServer } from "../../test/support/running-server.ts";

interface Exchange {
  readonly title: string;
  readonly method?: "GET" | "POST" | "DELETE";
  readonly search?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly status: number;
  readonly answer: string | Buffer;
  readonly answerHeaders?: Record<string, string | string[]>;
}

const JSON_TYPE = { "content-type": "application/json" };
const EVENTS = { "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store" };
const ODD_EVENTS = [
  "retry: 3000\r\nid: 1\r\ndata:\r\n\r\n",
  ": ping - 2026-01-01\n\n",
  'event: message\nid: 2\ndata: {"jsonrpc":"2.0",\ndata: "method":"notifications/progress","params":{"n":1.0}}\n\n',
  'event:message\r\ndata:{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}\r\n\r\n',
  "unknown: field\ndata: not JSON\n\n",
  'data: {"jsonrpc":"2.0","id":"a","result":{"x":1e2}}\n\n',
  'data: {"no":"end"}',
].join("");

const EXCHANGES: readonly Exchange[] = [
  {
    title: "JSON with numbers and spaces of its own",
    body: '{ "jsonrpc" : "2.0", "id": 9007199254740993, "method": "tools/call", "params": {"name":"x", "arguments":{"n":1.0, "n":1e2}} }\r\n',
    status: 200,
    answer: '{"jsonrpc" : "2.0", "id": 9007199254740993, "result": {"n":1.0}}\n',
    answerHeaders: { ...JSON_TYPE, "Set-Cookie": ["a=1", "b=2"], "X-Own": "ä".normalize("NFD").slice(0, 1) },
  },
  {
    title: "events with comments, ids and every kind of line",
    body: '{"jsonrpc":"2.0","id":"a","method":"tools/list"}',
    search: "?key=a%20b&key=c",
    status: 200,
    answer: ODD_EVENTS,
    answerHeaders: EVENTS,
  },
  { title: "a stream of GET", method: "GET", status: 200, answer: ODD_EVENTS, answerHeaders: EVENTS },
  {
    title: "a compressed stream",
    body: '{"jsonrpc":"2.0","id":"a","method":"tools/list"}',
    status: 200,
    answer: gzipSync(ODD_EVENTS),
    answerHeaders: { ...EVENTS, "Content-Encoding": "gzip" },
  },
  {
    title: "compressed JSON",
    body: '{"jsonrpc":"2.0","id":"a","method":"tools/list"}',
    status: 200,
    answer: gzipSync('{"jsonrpc":"2.0","id":"a","result":{}}'),
    answerHeaders: { ...JSON_TYPE, "content-encoding": "gzip" },
  },
  {
    title: "a batch",
    body: '[{"jsonrpc":"2.0","id":1,"method":"ping"}, {"jsonrpc":"2.0","method":"notifications/initialized"}]',
    status: 200,
    answer: '[ {"jsonrpc":"2.0","id":1,"result":{}} ]',
    answerHeaders: JSON_TYPE,
  },
  {
    title: "a notification",
    body: '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    status: 202,
    answer: "",
  },
  {
    title: "a page in place of an answer",
    body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    status: 500,
    answer: "<h1>Internal Server Error</h1>",
    answerHeaders: { "content-type": "text/html" },
  },
  {
    title: "a challenge",
    headers: { authorization: "Bearer of-the-upstream" },
    body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    status: 401,
    answer: '{"error":"invalid_token"}',
    answerHeaders: { ...JSON_TYPE, "WWW-Authenticate": 'Bearer resource_metadata="https://auth.example/x"' },
  },
  {
    title: "a redirect",
    body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    status: 307,
    answer: "",
    answerHeaders: { location: "/mcp/" },
  },
  { title: "a refused DELETE", method: "DELETE", status: 405, answer: "no", answerHeaders: { allow: "POST" } },
  {
    title: "bytes that are not UTF-8",
    body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    status: 200,
    answer: Buffer.from([0x22, 0xff, 0xfe, 0x22]),
    answerHeaders: JSON_TYPE,
  },
];

async function exchange(to: URL, { method = "POST", search = "", headers, body }: Exchange) {
  const all = { accept: "application/json, text/event-stream", "accept-encoding": "gzip", "x-odd": "1, 2", ...headers };
  const request = send(new URL(search, to), { method, headers: { ...all, ...(body !== undefined && JSON_TYPE) } });
  request.end(body);
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const kept = answer.rawHeaders.flatMap((name, at) =>
    at % 2 === 0 && !/^(connection|keep-alive|date|transfer-encoding|content-length)$/i.test(name)
      ? [`${name}: ${answer.rawHeaders[at + 1]}`]
      : [],
  );
  return { status: answer.statusCode, message: answer.statusMessage, headers: kept, body: Buffer.concat(chunks) };
}

/** What the upstream server got, apart from what is of the connection. */
function got({ requests }: RecordingUpstream) {
  const { headers, ...request } = requests.at(-1) ?? assert.fail("no request");
  const { host: _host, connection: _connection, ...rest } = headers;
  return { ...request, headers: rest };
}

for (const [title, own] of [
  ["nothing is exported", {}],
  ["no context is to be added", { OTEL_TRACES_EXPORTER: "console", MCP_OTEL_INJECT_TRACEPARENT: "0" }],
] as const) {
  test(`a request and its answer are those of a direct connection while ${title}`, async (t) => {
    let current: Exchange | undefined;
    const upstream = await recordingUpstream(t, (_request, response) => {
      const { status = 500, answer = "", answerHeaders = {} } = current ?? {};
      response.writeHead(status, "In Its Own Words", answerHeaders);
      response.write(answer.slice(0, 7));
      setImmediate(() => response.end(answer.slice(7)));
    });
    const proxy = await runServer({ ...own, MCP_UPSTREAM: upstream.url.href });
    t.after(() => proxy.stop());
    for (const one of EXCHANGES) {
      current = one;
      const direct = await exchange(upstream.url, one);
      const wanted = got(upstream);
      const passed = await exchange(proxy.url, one);
      assert.deepEqual(passed, direct, one.title);
      assert.deepEqual(got(upstream), wanted, one.title);
    }
  });
}
