/** Callers cannot fill the memory of the process with bodies: what is read and handled at the same time is limited. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { INITIALIZE, isOpen, open, PING, post, SLOW, send } from "../../test/support/raw-session.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { tokensFile } from "../../test/support/tokens-file.ts";
import { scaled, until } from "../../test/support/wait.ts";

/** By subject. */
const TOKENS = { alice: "alice", bob: "bob", carol: "carol" } as const;

async function start(t: TestContext, own: Record<string, string>) {
  const server = await runServer(own);
  t.after(() => server.stop());
  return server;
}

test("a call counts until it is answered, also when its client has left: its message and its bytes", async (t) => {
  for (const [limits, status] of [
    [{ MCP_MAX_MESSAGES_IN_FLIGHT: "1" }, 429],
    [{ MCP_MAX_BYTES_IN_FLIGHT: "100000", MCP_BODY_LIMIT: "100000" }, 503],
  ] as const) {
    const server = await start(t, limits);
    const session = await open(server, "");
    const leaving = new AbortController();
    const large = JSON.stringify({
      ...JSON.parse(SLOW),
      params: { ...JSON.parse(SLOW).params, pad: "x".repeat(90_000) },
    });
    const headers = {
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "mcp-session-id": session.id,
    };
    const left = await fetch(server.url, { method: "POST", headers, body: large, signal: leaving.signal });
    assert.equal(left.status, 200);
    leaving.abort();
    const other = JSON.stringify({ ...JSON.parse(PING), params: { pad: "x".repeat(90_000) } });
    const refused = await send(server, session, other);
    assert.equal(refused.status, status, await refused.text());
    await server.untilRequests(1, ({ tool_name }) => tool_name === "fault");
    await until(
      async () => {
        const answer = await send(server, session, other);
        await answer.text();
        return answer.status === 200;
      },
      () => "the answered call still counts",
    );
  }
});

for (const [what, limits, status] of [
  ["message", { MCP_MAX_MESSAGES_IN_FLIGHT: "2" }, 429],
  ["bytes", { MCP_MAX_BYTES_IN_FLIGHT: "100000", MCP_BODY_LIMIT: "100000" }, 503],
] as const) {
  test(`the ${what} of a cancelled call count until its handler has ended`, async (t) => {
    const server = await start(t, limits);
    const session = await open(server, "");
    const pad = "x".repeat(90_000);
    const ping = { jsonrpc: "2.0", id: 4, method: "ping", params: { pad } };
    const deaf = { name: "fault", arguments: { mode: "deaf", ms: 2000 }, pad };
    const call = { jsonrpc: "2.0", id: 3, method: "tools/call", params: deaf };
    const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 3 } };
    const cancelled = await send(server, session, JSON.stringify([call, cancel]));
    assert.equal(await cancelled.text(), "");
    await server.untilRequests(1, ({ outcome }) => outcome === "cancelled");
    const again = async () => {
      const answer = await send(server, session, JSON.stringify(ping));
      await answer.text();
      return answer.status;
    };
    assert.equal(await again(), status);
    await until(async () => (await again()) === 200, "the handler has ended");
  });
}

test("a compressed body whose client leaves while it is unpacked counts no longer", async (t) => {
  const server = await start(t, { MCP_MAX_BYTES_IN_FLIGHT: "16000000", MCP_MAX_MESSAGES_IN_FLIGHT: "4" });
  const session = await open(server, "");
  const body = gzipSync(JSON.stringify({ ...JSON.parse(PING), params: { pad: "x".repeat(3_900_000) } }));
  const headers = {
    accept: "application/json, text/event-stream",
    "content-type": "application/json",
    "content-encoding": "gzip",
    "mcp-session-id": session.id,
  };
  for (let ms = 0; ms < 40; ms += 1) {
    const leaving = httpRequest(server.url, { method: "POST", headers, agent: false }).on("error", () => {});
    await new Promise<void>((resolve) => leaving.end(body, resolve));
    await sleep(ms % 10);
    leaving.destroy();
  }
  await until(
    async () => (await fetch(server.url, { method: "POST", headers, body })).status === 200,
    "what has left is not counted",
  );
});

test("bodies in flight are limited: what is too much is refused with 503, and the process lives", async (t) => {
  const server = await start(t, { NODE_OPTIONS: "--max-old-space-size=128" });
  const session = await open(server, "");
  const body = (id: number) =>
    JSON.stringify({
      jsonrpc: "2.0",
      id,
      method: "tools/call",
      params: { name: "fault", arguments: { mode: "slow", ms: 500 }, pad: "x".repeat(4_000_000) },
    });
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const answer = await send(server, session, body(index));
      await answer.text();
      return answer;
    }),
  );
  const refused = answers.filter(({ status }) => status === 503);
  const served = answers.filter(({ status }) => status === 200);
  assert.equal(refused.length + served.length, answers.length);
  assert.ok(served.length > 0 && refused.length > 0, `${served.length} served, ${refused.length} refused`);
  assert.ok(refused.every(({ headers }) => headers.get("retry-after") !== null));
  assert.equal(await server.metric('mcp_http_rejections_total{reason="too_many_bytes"}'), refused.length);
  assert.equal(await isOpen(server, session), true, "when the calls have ended, there is room again");
});

/** Begins a body that takes all bytes of a caller. */
function holdBytes(t: TestContext, { url }: RunningServer, subject: string): void {
  const headers = {
    authorization: `Bearer ${subject}`,
    accept: "application/json, text/event-stream",
    "content-type": "application/json",
    "content-length": "99999",
  };
  const request = httpRequest(url, { method: "POST", headers });
  request.on("error", () => {}).write("x".repeat(10));
  t.after(() => request.destroy());
}

test("one caller cannot take all bytes in flight, and all callers together no more than the limit", async (t) => {
  const server = await start(t, {
    MCP_AUTH_TOKENS_FILE: tokensFile(TOKENS),
    MCP_BODY_LIMIT: "100000",
    MCP_MAX_BYTES_IN_FLIGHT: "200000",
    MCP_REQUEST_TIMEOUT_MS: "600000",
  });
  const large = JSON.stringify({ ...JSON.parse(INITIALIZE), pad: "x".repeat(60_000) });
  const isRefused = async (subject: string) => {
    const answer = await post(server, large, { authorization: `Bearer ${subject}` });
    await answer.text();
    return answer.status === 503;
  };
  holdBytes(t, server, "alice");
  await until(() => isRefused("alice"), "alice has all her bytes");
  assert.equal(await isRefused("bob"), false);
  await until(() => {
    // Again, because a body of bob's that was just answered may still count.
    holdBytes(t, server, "bob");
    return isRefused("carol");
  }, "all bytes are taken");
});

test("a body that is too much is refused before it arrives, and its connection is closed", async (t) => {
  const server = await start(t, {
    MCP_AUTH_TOKENS_FILE: tokensFile(TOKENS),
    MCP_BODY_LIMIT: "4000000",
    MCP_MAX_BYTES_IN_FLIGHT: "4000000",
    MCP_REQUEST_TIMEOUT_MS: "600000",
  });
  const head = (length: number) =>
    [
      "POST /mcp HTTP/1.1",
      `Host: ${server.url.host}`,
      "Authorization: Bearer alice",
      "Accept: application/json, text/event-stream",
      "Content-Type: application/json",
      `Content-Length: ${length}`,
    ].join("\r\n");
  const begin = (text: string) => {
    const socket = connect(Number(server.url.port), "127.0.0.1").on("error", () => {});
    socket.write(`${text}\r\n\r\n{`);
    return socket;
  };
  const holding = begin(head(3_999_999));
  await until(async () => (await open(server, "alice")).status === 503, "alice has all her bytes");
  const refused = begin(head(3_000_000));
  const [answer] = await once(refused, "data", { signal: AbortSignal.timeout(scaled(2000)) });
  assert.match(String(answer), /^HTTP\/1\.1 503 .*connection: close.*Too many bytes/is);
  await once(refused, "close", { signal: AbortSignal.timeout(scaled(5000)) });
  holding.destroy();
});

for (const [kind, headers, length] of [
  ["chunked", { "transfer-encoding": "chunked" }, 10],
  ["compressed", { "content-encoding": "gzip", "content-length": "20" }, 10],
] as const) {
  test(`a ${kind} body counts as the largest one until it has been read`, async (t) => {
    const server = await start(t, { MCP_BODY_LIMIT: "100000", MCP_MAX_BYTES_IN_FLIGHT: "100000" });
    const pending = httpRequest(server.url, {
      method: "POST",
      headers: { accept: "application/json, text/event-stream", "content-type": "application/json", ...headers },
    });
    pending.on("error", () => {}).write("x".repeat(length));
    const refused = await until(
      async () => ((await open(server, "")).status === 503 ? true : undefined),
      () => "no request was refused",
    );
    assert.equal(refused, true);
    pending.destroy();
    await until(
      async () => ((await open(server, "")).status === 200 ? true : undefined),
      () => "a body that was given up still counts",
    );
  });
}
