import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger } from "./logger.ts";

/** The whole line that is written for some fields. */
function line(fields: object, ...message: string[]): Record<string, unknown> {
  let written = "";
  const stream = {
    write: (text: string) => {
      written = text;
    },
    dropped: () => 0,
    end: async () => {},
  };
  createLogger(stream, { serviceName: "test" }, "info").info(fields, ...(message.length > 0 ? message : ["message"]));
  assert.ok(Buffer.byteLength(written) < 64_000, "a line has a limit");
  const { time, pid, host, ...rest } = JSON.parse(written);
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual([pid, typeof host], [process.pid, "string"]);
  return rest;
}

/** The same for what is logged without a message. */
function lineOf(logged: object): Record<string, unknown> {
  let written = "";
  const write = (text: string) => {
    written = text;
  };
  createLogger({ write, dropped: () => 0, end: async () => {} }, { serviceName: "test" }, "info").error(logged);
  return JSON.parse(written);
}

const KEYS = [
  "password",
  "token",
  "secret",
  "api_key",
  "apiKey",
  "authorization",
  "cookie",
  "DATABASE_URL",
  "REDIS_URL",
];

for (const key of KEYS) {
  test(`${key} is hidden at top level, one level down, and inside headers`, () => {
    const secrets = { [key]: "hunter2", plain: 1 };
    const hidden = { [key]: "[REDACTED]", plain: 1 };
    assert.deepEqual(line({ ...secrets, inner: secrets, headers: secrets, request: { headers: secrets } }), {
      level: "info",
      service_name: "test",
      ...hidden,
      inner: hidden,
      headers: hidden,
      request: { headers: hidden },
      msg: "message",
    });
  });
}

test("what a caller logs is not changed in his own hands", () => {
  const own = { inner: { password: "hunter2" } };
  line(own);
  assert.deepEqual(own, { inner: { password: "hunter2" } });
});

test("an object that holds itself is still written", () => {
  const own: Record<string, unknown> = { name: "x" };
  own.self = own;
  assert.equal(line({ own }).msg, "message");
});

test("arrays stay arrays, and their members are redacted", () => {
  assert.deepEqual(line({ list: [1, "two", [3], { password: "hunter2" }] }).list, [
    1,
    "two",
    [3],
    { password: "[REDACTED]" },
  ]);
});

const SECRET = "hunter2-vermilion";
const refuse = () => {
  throw new Error(SECRET);
};
const deep = { a: { b: { c: { d: { e: { password: SECRET } } } } } };

const ODD: readonly (readonly [title: string, value: unknown, expected: unknown])[] = [
  ["an object that a list holds", [{ token: SECRET }], [{ token: "[REDACTED]" }]],
  ["an object deeper than is redacted", deep, { a: { b: { c: "[too deep]" } } }],
  ["toJSON", { plain: 1, toJSON: () => ({ text: SECRET }) }, { plain: 1, toJSON: "[function]" }],
  ["a URL", new URL(`http://user:${SECRET}@localhost/?${SECRET}`), "[URL]"],
  ["a Map", new Map([[SECRET, SECRET]]), "[Map]"],
  ["a Set", new Set([SECRET]), "[Set]"],
  ["a Buffer", Buffer.from(SECRET), "[Buffer]"],
  [
    "an instance with secret members",
    new (class Connection {
      url = SECRET;
    })(),
    "[Connection]",
  ],
  ["a getter that throws", Object.defineProperty({}, "x", { enumerable: true, get: refuse }), { x: "[unreadable]" }],
  [
    "a Proxy that throws",
    new Proxy({}, { get: refuse, has: refuse, getPrototypeOf: refuse, ownKeys: refuse }),
    "[unreadable]",
  ],
  ["a BigInt", 2n ** 70n, "1180591620717411303424"],
  ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
  ["an invalid date", new Date(Number.NaN), null],
  ["a symbol", Symbol(SECRET), "[symbol]"],
  ["no prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
];
for (const [title, value, expected] of ODD) {
  test(`it neither leaks nor throws: ${title}`, () => {
    const written = line({ value });
    assert.deepEqual(written.value, expected);
    assert.doesNotMatch(JSON.stringify(written), /hunter2/);
    if (typeof value === "object" && value !== null) assert.doesNotMatch(JSON.stringify(line(value)), /hunter2/);
  });
}

test("an error is described wherever it is logged, and its text is not the message of the line", () => {
  const error = Object.assign(new Error(SECRET), { config: { headers: { authorization: SECRET } } });
  for (const written of [
    line({ failure: error }),
    line({ err: error }),
    line([error]),
    lineOf(error),
    lineOf({ err: error }),
  ]) {
    assert.match(JSON.stringify(written), /thrown at .*redact\.test\.ts/);
    assert.doesNotMatch(JSON.stringify(written), /hunter2/);
  }
});

test("a ring, a long text, a long key and a long list are cut", () => {
  const own: unknown[] = [];
  own.push(own, own, own, own);
  line({ own });
  assert.equal(String(line({ text: "x".repeat(1e6) }).text).length, 1025);
  line({ ["x".repeat(1e6)]: 1 });
  assert.ok((line({ list: Array.from({ length: 1e6 }, () => 1) }).list as unknown[]).length <= 2000);
  line(Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [`key${i}`, "x".repeat(2000)])));
  line({}, "x".repeat(1e6));
});
