/** Hostile callers: what their bodies are: large, deep, endless, compressed, broken. */
import { gzipSync } from "node:zlib";
import { malformedBodies } from "../../server/test/malformed-bodies.ts";
import type { Attacker } from "./attacker.ts";
import { CANARY } from "./canary.ts";
import type { HostileCaller } from "./hostile-caller.ts";
import { messagesIn } from "./tally.ts";

/** The server's limit of a body. */
const BODY_LIMIT = 4 * 1024 ** 2;
/** As much as is taken, with room for the message around it. */
const FULL = BODY_LIMIT - 1024;
const BOMB_BYTES = 64 * 1024 ** 2;

export const HOSTILE_BODIES: Readonly<Record<string, HostileCaller>> = {
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

  async "long-uris"(attacker) {
    const session = await attacker.open();
    const uri = `note://${CANARY}:${CANARY}@store/${"a".repeat(FULL - 200)}?${CANARY}#${CANARY}`;
    await attacker.repeat(12, 4, () => attacker.send({ session, body: attacker.rpc("resources/read", { uri }) }));
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

  async "gzip-bombs"(attacker) {
    const session = await attacker.open();
    const text = attacker.rpc("ping", { [CANARY]: "x".repeat(BOMB_BYTES) });
    const body = gzipSync(text);
    await attacker.repeat(8, 4, () => attacker.send({ session, headers: { "content-encoding": "gzip" }, body }));
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
      const isComplete = sent === undefined;
      await attacker.send({
        session,
        headers: isComplete ? headers : { ...headers, "content-length": String(body.length) },
        body: body.subarray(0, sent),
        messages: body.length > BODY_LIMIT ? 0 : messagesIn(body.toString()),
        ...(!isComplete && { leaveAfterMs: 200 }),
      });
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
