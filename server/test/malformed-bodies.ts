/** Bodies that no client should send, from a seed: the same seed gives the same bodies. */
import { gzipSync } from "node:zlib";
import { type Random, randomness } from "../../test/support/random.ts";

export interface MalformedBody {
  readonly kind: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** How many of its bytes are sent before the connection is given up; all where it is not said. */
  readonly sent?: number;
}

const messages = (id: string): readonly Readonly<Record<string, unknown>>[] => [
  { jsonrpc: "2.0", id, method: "tools/call", params: { name: "add", arguments: { a: 1, b: 2 } } },
  { jsonrpc: "2.0", id, method: "tools/list", params: {} },
  { jsonrpc: "2.0", id, method: "resources/read", params: { uri: "note://store/1" } },
  { jsonrpc: "2.0", id, method: "prompts/get", params: { name: "greet", arguments: { name: "you" } } },
  { jsonrpc: "2.0", id, method: "logging/setLevel", params: { level: "info" } },
  { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id, reason: "none" } },
];

const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  "",
  "\u0000\ud800",
  [],
  {},
  [[null]],
  JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":{}}}'),
];

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const PLACES = ["arguments", "argument", "_meta", "params", "id", "message"] as const;

function nested(place: (typeof PLACES)[number], id: string, value: string): string {
  const call = (params: string, own = JSON.stringify(id)) =>
    `{"jsonrpc":"2.0","id":${own},"method":"tools/call","params":${params}}`;
  switch (place) {
    case "arguments":
      return call(`{"name":"add","arguments":${value}}`);
    case "argument":
      return call(`{"name":"add","arguments":{"a":1,"b":2,"c":${value}}}`);
    case "_meta":
      return call(`{"name":"add","arguments":{"a":1,"b":2},"_meta":{"traceparent":${value},"x":${value}}}`);
    case "params":
      return call(value);
    case "id":
      return call("{}", value);
    case "message":
      return value;
  }
}

type Made = Omit<MalformedBody, "kind" | "headers"> & { readonly headers?: MalformedBody["headers"] };

const KINDS: Readonly<Record<string, (random: Random, id: string, limit: number) => Made>> = {
  cut: ({ below, one }, id) => {
    const valid = json(one(messages(id)));
    return { body: valid.subarray(0, 1 + below(valid.length - 1)) };
  },
  noise: ({ below }) => ({ body: Buffer.from(Array.from({ length: 1 + below(200) }, () => below(256))) }),
  flipped({ below, one }, id) {
    const body = json(one(messages(id)));
    for (let flips = 1 + below(3); flips > 0; flips -= 1) body[below(body.length)] = below(256);
    return { body };
  },
  "wrong types"({ one }, id) {
    const message: Record<string, unknown> = { ...one(messages(id)) };
    message[one(["jsonrpc", "id", "method", "params"])] = one(VALUES);
    return { body: json(message) };
  },
  "wrong parameters"({ one }, id) {
    const { params, ...message } = one(messages(id));
    const key = one(["name", "arguments", "_meta", "uri", "level", "requestId"]);
    return { body: json({ ...message, params: { ...(params as object), [key]: one(VALUES) } }) };
  },
  batch: ({ below, one }) => ({ body: json(Array.from({ length: one([0, 2, 101]) }, () => VALUES[below(8)])) }),
  nested({ below, one }, id) {
    const depth = 10 ** (1 + below(3)) * (1 + below(9));
    const value = one([true, false])
      ? "[".repeat(depth) + "]".repeat(depth)
      : `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    return { body: Buffer.from(nested(one(PLACES), id, value)) };
  },
  oversized: ({ below }, id, limit) => ({
    body: json({ jsonrpc: "2.0", id, method: "ping", params: { pad: "x".repeat(limit + below(limit)) } }),
  }),
  "oversized when unpacked": ({ below }, id, limit) => ({
    body: gzipSync(json({ jsonrpc: "2.0", id, method: "ping", params: { pad: "x".repeat(limit + below(limit)) } })),
    headers: { "content-encoding": "gzip" },
  }),
  "not packed": ({ one }, id) => ({
    body: json(one(messages(id))),
    headers: { "content-encoding": one(["gzip", "deflate", "br"]) },
  }),
  "unknown coding": ({ one }, id) => ({
    body: json(one(messages(id))),
    headers: one([
      { "content-encoding": "zip" },
      { "content-type": "application/json; charset=klingon" },
      { "content-encoding": "gzip, gzip" },
    ]),
  }),
  truncated({ below, one }, id) {
    const body = json(one(messages(id)));
    return { body, sent: below(body.length) };
  },
};

/**
 * @param seed of the sequence @param count how many @param limit of a body's size in bytes, which some exceed
 */
export function* malformedBodies(seed: number, count: number, limit: number): Generator<MalformedBody> {
  const random = randomness(seed);
  const kinds = Object.entries(KINDS);
  for (let index = 0; index < count; index += 1) {
    const [kind, make] = random.one(kinds);
    yield { kind, headers: {}, ...make(random, `malformed ${index}`, limit) };
  }
}
