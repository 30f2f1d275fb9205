/**
 * The hostile callers: each does one thing that no honest caller does, until its attack is over. The canary is in
 * their texts, but for what the signals show by contract: request ids, the path of a resource's URI, client names.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { malformedBodies } from "../../server/test/malformed-bodies.ts";
import type { Random } from "../../test/support/random.ts";
import type { Attacker } from "./attacker.ts";
import { CANARY } from "./canary.ts";
import { messagesIn } from "./tally.ts";

export type HostileCaller = (attacker: Attacker, random: Random) => Promise<void>;

/** The server's limit of a body. */
const BODY_LIMIT = 4 * 1024 ** 2;
/** As much as is taken, with room for the message around it. */
const FULL = BODY_LIMIT - 1024;
const BOMB_BYTES = 64 * 1024 ** 2;

export const HOSTILE_CALLERS: Readonly<Record<string, HostileCaller>> = {
  async sessions(attacker) {
    await attacker.repeat(2000, 16, () => attacker.open());
  },

  async "big-calls"(attacker) {
    const session = await attacker.open();
    const body = attacker.call("add", { a: 1, b: 2, [CANARY]: CANARY + "x".repeat(FULL) });
    await attacker.repeat(24, 12, () => attacker.send({ session, body }));
  },

  async "many-keys"(attacker, random) {
    const session = await attacker.open();
    await attacker.repeat(4, 2, async () => {
      const params = random.one([
        `{"name":"add","arguments":{"a":1,"b":2},"_meta":${manyKeys()}}`,
        `{"name":"add","arguments":${manyKeys()}}`,
      ]);
      await attacker.send({ session, body: raw(attacker, "tools/call", params) });
    });
  },

  async "deep-nesting"(attacker, random) {
    const session = await attacker.open();
    await attacker.repeat(6, 3, async () => {
      const value = nested(10 ** random.between(3, 5) * random.between(2, 6), random.one([true, false]));
      const params = random.one([
        `{"name":"add","arguments":{"a":1,"b":2,"${CANARY}":${value}}}`,
        `{"name":"add","arguments":{"a":1,"b":2},"_meta":{"${CANARY}":${value}}}`,
      ]);
      await attacker.send({ session, body: raw(attacker, "tools/call", params) });
    });
  },

  async notifications(attacker) {
    const session = await attacker.open();
    const one = { jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: CANARY, progress: 1 } };
    const body = JSON.stringify(new Array(100).fill(one));
    await attacker.repeat(200, 4, () => attacker.send({ session, body, messages: 100 }));
    await attacker.repeat(300, 8, () => attacker.send({ session, body: JSON.stringify(one) }));
  },

  async "long-uris"(attacker) {
    const session = await attacker.open();
    const uri = `note://${CANARY}:${CANARY}@store/${"a".repeat(FULL - 200)}?${CANARY}#${CANARY}`;
    await attacker.repeat(12, 4, () => attacker.send({ session, body: attacker.rpc("resources/read", { uri }) }));
  },

  async "duplicate-ids"(attacker, random) {
    const session = await attacker.open();
    await attacker.repeat(10, 5, async () => {
      const id = attacker.nextId();
      const slow = attacker.call("fault", { mode: "slow", ms: random.between(50, 300) }, id);
      const bodies = [slow, slow, attacker.rpc("ping", {}, id)];
      await Promise.all(bodies.map((body) => attacker.send({ session, body })));
    });
  },

  async "endless-bodies"(attacker) {
    const session = await attacker.open();
    await attacker.repeat(20, 20, async () => {
      const socket = await attacker.socket();
      socket.write(attacker.head(["Transfer-Encoding: chunked"], session));
      socket.write(chunk(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"${CANARY}":"`));
      while (!attacker.signal.aborted && !socket.destroyed) {
        socket.write(chunk("x".repeat(1000)));
        await attacker.pause(100);
      }
      socket.destroy();
      attacker.maybe(1, 0);
    });
  },

  async "half-heads"(attacker, random) {
    await attacker.repeat(50, 50, async () => {
      const socket = await attacker.socket();
      const head = attacker.head([`X-Slow: ${CANARY}`]);
      socket.write(head.slice(0, random.between(1, head.length - 4)));
      while (!attacker.signal.aborted && !socket.destroyed) {
        await attacker.pause(random.between(200, 500));
        socket.write("x");
      }
      if (random.one([true, false])) socket.resetAndDestroy();
      else socket.destroy();
      attacker.maybe(1, 0);
    });
  },

  async pipelined(attacker) {
    const session = await attacker.open();
    if (session === undefined) return;
    await attacker.repeat(10, 5, () =>
      attacker.pipelined(
        session,
        Array.from({ length: 100 }, () => attacker.rpc("ping", { [CANARY]: CANARY })),
      ),
    );
  },

  async "absolute-targets"(attacker, random) {
    const session = await attacker.open();
    const { host } = attacker.target.url;
    const paths = [
      `http://${host}/mcp`,
      `http://${CANARY}.example/mcp?${CANARY}`,
      `http://user:${CANARY}@${host}/mcp`,
      "*",
    ];
    await attacker.repeat(100, 4, () =>
      attacker.send({ session, path: random.one(paths), body: attacker.rpc("ping") }),
    );
  },

  async "odd-hosts"(attacker, random) {
    const hosts = [
      `${CANARY}.example`,
      "127.0.0.1.evil.example",
      "",
      "localhost.",
      "[::ffff:127.0.0.1]",
      "a, localhost",
    ];
    await attacker.repeat(100, 4, () =>
      attacker.send({ headers: { host: random.one(hosts) }, body: attacker.rpc("ping", { [CANARY]: 1 }) }),
    );
    await attacker.repeat(10, 2, async () => {
      const socket = await attacker.socket();
      socket.end(attacker.head().replace(/^Host: .*\r\n/m, ""));
      socket.resume();
      attacker.maybe(1, 0);
    });
  },

  async "odd-headers"(attacker, random) {
    const session = await attacker.open();
    const odd: Record<string, string>[] = [
      { accept: CANARY },
      { "content-type": CANARY },
      { "mcp-protocol-version": CANARY },
      { "content-encoding": CANARY },
      { "content-type": `application/json; charset=${CANARY}` },
      { origin: `https://${CANARY}.example` },
      { origin: CANARY },
      { "x-canary": CANARY.repeat(400), baggage: `a=${CANARY}`, tracestate: CANARY, traceparent: CANARY },
      { "last-event-id": CANARY, cookie: CANARY, "user-agent": CANARY },
    ];
    await attacker.repeat(200, 4, () =>
      attacker.send({ session, headers: random.one(odd), body: attacker.rpc("ping") }),
    );
    await attacker.repeat(10, 2, () =>
      attacker.send({
        session,
        headers: { "x-canary": CANARY.repeat(2000) },
        body: attacker.rpc("ping"),
        leaveAfterMs: 1000,
      }),
    );
  },

  async "wrong-methods"(attacker, random) {
    const methods = ["PUT", "PATCH", "OPTIONS", "HEAD", "TRACE", "PROPFIND", "M-SEARCH"];
    await attacker.repeat(200, 4, () =>
      attacker.send({ method: random.one(methods), headers: { "x-canary": CANARY } }),
    );
  },

  async "unknown-paths"(attacker, random) {
    const paths = [`/${CANARY}`, "/", "/%E0%A4%A", "//mcp", "/.env", "/metrics", `/${CANARY}?${CANARY}`];
    const methods = ["GET", "POST", "DELETE"];
    await attacker.repeat(200, 4, () => attacker.send({ method: random.one(methods), path: random.one(paths) }));
  },

  async "gzip-bombs"(attacker) {
    const session = await attacker.open();
    const text = attacker.rpc("ping", { [CANARY]: "x".repeat(BOMB_BYTES) });
    const body = gzipSync(text);
    await attacker.repeat(8, 4, () => attacker.send({ session, headers: { "content-encoding": "gzip" }, body }));
  },

  async "unknown-names"(attacker, random) {
    const session = await attacker.open();
    const name = () => `${CANARY}-${random.below(1e6)}`;
    const bodies = [
      () => attacker.call(name(), { [name()]: name() }),
      () => attacker.call("add", { a: name(), [name()]: name() }),
      () => attacker.rpc(name(), { [name()]: name() }),
      () => attacker.rpc("prompts/get", { name: name(), arguments: { [name()]: name() } }),
      () => attacker.rpc("logging/setLevel", { level: name() }),
      () => JSON.stringify({ jsonrpc: "2.0", method: `notifications/${name()}`, params: { [name()]: name() } }),
    ];
    await attacker.repeat(600, 6, () => attacker.send({ session, body: random.one(bodies)() }));
  },

  async "lookup-flood"(attacker) {
    const session = await attacker.open();
    await attacker.repeat(1000, 150, (index) =>
      attacker.send({ session, body: attacker.call("ask_upstream", { sku: `${CANARY}-${index}` }) }),
    );
  },

  async "hanging-calls"(attacker) {
    const session = await attacker.open();
    const args = { mode: "hang", [CANARY]: CANARY };
    await attacker.repeat(100, 100, () => attacker.send({ session, body: attacker.call("fault", args) }));
  },

  async aborts(attacker, random) {
    const session = await attacker.open();
    await attacker.repeat(100, 10, () => {
      const body = attacker.call("fault", { mode: "slow", ms: 1500, [CANARY]: CANARY });
      return attacker.send({ session, body, leaveAfterMs: random.between(1, 300) });
    });
  },

  async cancellations(attacker, random) {
    const session = await attacker.open();
    await attacker.repeat(20, 10, async () => {
      const requestId = attacker.nextId();
      const call = attacker.send({ session, body: attacker.call("fault", { mode: "slow", ms: 2000 }, requestId) });
      await sleep(random.between(1, 300));
      const params = { requestId, reason: CANARY };
      const body = JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params });
      await Promise.all([call, attacker.send({ session, body })]);
    });
  },

  async batches(attacker, random) {
    const session = await attacker.open();
    const ping = () => JSON.parse(attacker.rpc("ping", { [CANARY]: CANARY }));
    const sizes = [0, 1, 50, 100, 101, 1000];
    await attacker.repeat(60, 4, () => {
      const batch = Array.from({ length: random.one(sizes) }, ping);
      return attacker.send({ session, body: JSON.stringify(batch), messages: batch.length });
    });
    const twice = attacker.rpc("initialize", { [CANARY]: CANARY });
    await attacker.repeat(10, 2, () => attacker.send({ body: `[${twice},${twice}]`, messages: 2 }));
  },

  async "bad-text"(attacker, random) {
    const session = await attacker.open();
    const values = ["\\ud800", "\\udc00\\ud800", "\\u0000", "\u00ff\u00fe", "\u0080", CANARY];
    await attacker.repeat(200, 4, () => {
      const [key, value] = [random.one(values), random.one(values)];
      const body = raw(attacker, "tools/call", `{"name":"${value}","arguments":{"${key}":"${value}${CANARY}"}}`);
      return attacker.send({ session, body: Buffer.from(body, random.one(["latin1", "utf8"])) });
    });
  },

  async malformed(attacker, random) {
    const session = await attacker.open();
    const bodies = [...malformedBodies(random.below(2 ** 31), 120, BODY_LIMIT)];
    await attacker.repeat(bodies.length, 4, async (index) => {
      const { body, headers, sent } = bodies[index] as (typeof bodies)[number];
      const whole = sent === undefined;
      await attacker.send({
        session,
        headers: whole ? headers : { ...headers, "content-length": String(body.length) },
        body: body.subarray(0, sent),
        messages: body.length > BODY_LIMIT ? 0 : messagesIn(body.toString()),
        ...(!whole && { leaveAfterMs: 200 }),
      });
    });
  },

  async "wrong-tokens"(attacker, random) {
    const tokens = [`Bearer ${CANARY}`, "Bearer ", CANARY, `Basic ${CANARY}`, `Bearer ${"x".repeat(8000)}`];
    await attacker.repeat(200, 4, () =>
      attacker.send({ headers: { authorization: random.one(tokens) }, body: attacker.rpc("ping") }),
    );
  },

  async "foreign-sessions"(attacker, random) {
    const own = await attacker.open();
    const foreign = { authorization: `Bearer ${attacker.target.otherToken}` };
    const sent = [
      () => ({ session: CANARY, body: attacker.rpc("ping") }),
      () => ({ session: CANARY, method: "GET" }),
      () => ({ session: CANARY, method: "DELETE" }),
      () => ({ body: attacker.rpc("ping") }),
      () => ({ session: own, body: attacker.rpc("initialize") }),
      () => ({ session: own, body: attacker.rpc("ping"), headers: foreign }),
      () => ({ session: own, method: "DELETE", headers: foreign }),
    ];
    await attacker.repeat(200, 4, () => attacker.send(random.one(sent)()));
  },

  async "left-streams"(attacker) {
    await attacker.repeat(20, 10, async () => {
      const session = await attacker.open();
      if (session === undefined) return;
      const stream = { session, method: "GET", headers: { "last-event-id": CANARY }, leaveAfterMs: 4000 };
      const { "last-event-id": _, ...headers } = stream.headers;
      await Promise.all([attacker.send({ ...stream, headers }), attacker.send(stream)]);
    });
  },

  async "deaf-clients"(attacker) {
    const session = await attacker.open();
    await attacker.repeat(5, 5, async () => {
      const socket = await attacker.socket();
      socket.pause();
      for (let request = 0; request < 100; request += 1) {
        const body = attacker.rpc("tools/list", { _meta: { [CANARY]: CANARY } });
        socket.write(attacker.head([`Content-Length: ${body.length}`], session) + body);
      }
      await attacker.pause();
      socket.destroy();
      attacker.maybe(100);
    });
  },
};

/** For parameters that are cheaper to write than to build. */
const raw = (attacker: Attacker, method: string, params: string) =>
  `{"jsonrpc":"2.0","id":${attacker.nextId()},"method":"${method}","params":${params}}`;

/** An object of some 350,000 keys. */
function manyKeys(): string {
  let text = `{"a":1,"b":2,"${CANARY}":"${CANARY}"`;
  for (let key = 0; text.length < FULL - 1024; key += 1) text += `,"k${key.toString(36)}":1`;
  return `${text}}`;
}

const nested = (depth: number, inArrays: boolean) =>
  inArrays ? "[".repeat(depth) + "]".repeat(depth) : `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
