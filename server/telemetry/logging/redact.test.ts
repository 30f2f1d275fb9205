import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger } from "./logger.ts";

/** The whole line that is written for some fields. */
function line(fields: Record<string, unknown>): Record<string, unknown> {
  let written = "";
  const stream = {
    write: (text: string) => {
      written = text;
    },
    dropped: () => 0,
    end: async () => {},
  };
  createLogger(stream, "test", "info").info(fields, "message");
  const { time, pid, host, ...rest } = JSON.parse(written);
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual([pid, typeof host], [process.pid, "string"]);
  return rest;
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
