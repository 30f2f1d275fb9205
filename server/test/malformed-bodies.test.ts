/** 10,000 bodies that no client should send: each is answered with a JSON-RPC error or taken, and nothing grows. */
import assert from "node:assert/strict";
import { Agent, request as httpRequest } from "node:http";
import { test } from "node:test";
import { grown, untilBaseline } from "../../test/support/baseline.ts";
import { ANY_RATE } from "../../test/support/batch.ts";
import { processStats, WITH_COMMANDS } from "../../test/support/process-commands.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { type MalformedBody, malformedBodies } from "./malformed-bodies.ts";

const SEED = 20_260_302;
const COUNT = 10_000;
const WARM_UP = 2000;
const LIMIT = 64 * 1024;
const SENDERS = 8;
/** Bodies without growth: more than what the compiler and the caches of a process still add after the warm-up. */
const HEAP_SLACK_BYTES = 2 * 1024 ** 2;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** @returns undefined when the connection was given up before the body was whole */
function send(url: URL, agent: Agent, session: string, { body, headers, sent }: MalformedBody) {
  return new Promise<Answer | undefined>((resolve, reject) => {
    const request = httpRequest(url, {
      method: "POST",
      agent: sent === undefined ? agent : false,
      headers: {
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        "mcp-session-id": session,
        "content-length": body.length,
        ...headers,
      },
    });
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text })).on("error", reject);
    });
    if (sent === undefined) request.on("error", reject).end(body);
    else {
      request.on("error", () => resolve(undefined)).on("close", () => resolve(undefined));
      request.write(body.subarray(0, sent), () => request.destroy());
    }
  });
}

/** What each kind is answered with; what a change left valid is taken. */
const STATUSES: Readonly<Record<string, readonly (number | undefined)[]>> = {
  cut: [400],
  noise: [400],
  flipped: [200, 202, 400],
  "wrong types": [200, 202, 400],
  "wrong parameters": [200, 202, 400],
  batch: [400],
  nested: [200, 400, 413],
  oversized: [413],
  "oversized when unpacked": [413],
  "not packed": [400],
  "unknown coding": [415],
  truncated: [undefined],
};
/** The refusals of the edge for bodies, by status. */
const EDGE_CODES: Readonly<Record<number, readonly number[]>> = { 400: [-32700, -32600], 413: [-32000], 415: [-32000] };
/** The caller's own faults, which is all that MCP may answer here. */
const MCP_CODES = [-32700, -32600, -32601, -32602];

function check({ status, text }: Answer): void {
  assert.doesNotMatch(text, /<html|node_modules|\.ts:\d+|Maximum call stack/);
  if (status === 202) return;
  if (status !== 200) {
    const { jsonrpc, id, error } = JSON.parse(text);
    assert.equal(jsonrpc, "2.0");
    assert.ok(id === null || ["string", "number"].includes(typeof id), text);
    assert.ok(EDGE_CODES[status]?.includes(error.code), `${status} ${text}`);
    assert.equal(typeof error.message, "string");
    return;
  }
  const events = text.split("\n").filter((line) => line.startsWith("data: "));
  const messages = events.length > 0 ? events.map((event) => event.slice("data: ".length)) : [text];
  for (const message of messages) {
    const { jsonrpc, result, error } = JSON.parse(message);
    assert.equal(jsonrpc, "2.0");
    if (error !== undefined) assert.ok(MCP_CODES.includes(error.code), message);
    else assert.equal(typeof result, "object");
  }
}

/** Each sender waits for its answer: what was taken may have any id, and one id must not be used twice at once. */
async function sendAll(server: RunningServer, bodies: Generator<MalformedBody>, seen: Map<string, number>) {
  const clients = await Promise.all(Array.from({ length: SENDERS }, () => server.client()));
  const agent = new Agent({ keepAlive: true });
  await Promise.all(
    clients.map(async ({ transport }) => {
      for (const body of bodies) {
        const answer = await send(server.url, agent, transport?.sessionId ?? "", body);
        assert.ok(STATUSES[body.kind]?.includes(answer?.status), `${body.kind}: ${answer?.status}`);
        if (answer !== undefined) check(answer);
        const key = `${body.kind}, ${answer?.status ?? "unanswered"}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
    }),
  );
  agent.destroy();
  for (const client of clients) {
    await (client.transport as unknown as { terminateSession(): Promise<void> }).terminateSession();
    await client.close();
  }
}

test(`${COUNT} malformed, oversized, truncated and nested bodies: clear errors, no crash, no growth`, async (t) => {
  const server = await runServer(
    { MCP_BODY_LIMIT: String(LIMIT), MCP_KEEP_ALIVE_MS: "5000", ...ANY_RATE },
    ...WITH_COMMANDS,
  );
  t.after(() => server.stop("SIGKILL"));
  const seen = new Map<string, number>();
  const fresh = await processStats(server);
  await sendAll(server, malformedBodies(SEED + 1, WARM_UP, LIMIT), seen);
  const { heapBytes: warm } = await processStats(server);
  await sendAll(server, malformedBodies(SEED, COUNT, LIMIT), seen);
  const end = await untilBaseline(() => processStats(server), fresh);

  assert.deepEqual(grown(end, fresh), []);
  assert.ok(end.heapBytes - warm < HEAP_SLACK_BYTES, `${end.heapBytes - warm} bytes more`);
  assert.equal(await server.metric('mcp_active_sessions{transport="http"}'), 0);

  const refused = [...seen].reduce((sum, [answer, count]) => sum + (/ 4\d\d$/.test(answer) ? count : 0), 0);
  const truncated = seen.get("truncated, unanswered") ?? 0;
  const lines = server.lines();
  const refusals = lines.filter(({ msg }) => msg === "request refused").length;
  assert.ok(refused <= refusals && refusals <= refused + truncated, "each refusal is a line");
  assert.deepEqual(
    lines.filter(({ level }) => level === "error" || level === "fatal"),
    [],
  );
});
