import assert from "node:assert/strict";
import { test } from "node:test";
import { describeError } from "./errors.ts";

test("an error keeps type, code, frames and cause", () => {
  const error = Object.assign(new TypeError("broken", { cause: new Error("below") }), { code: "E_X" });
  const { type, message, code, stack, cause } = describeError(error);
  assert.deepEqual(
    { type, message, code, cause: cause?.message },
    { type: "TypeError", message: "broken", code: "E_X", cause: "below" },
  );
  assert.match(stack ?? "", /^TypeError: broken\n\s+at /);
});

test("what a caller put into a message is taken out of message and stack", () => {
  const canary = "hunter2-hunter2";
  for (const message of [
    `no user ${canary}`,
    `duplicate key value 'x ${canary}' violates`,
    `mail to ${canary}@example.org bounced`,
    `postgres://admin:${canary}@db/prod refused`,
    `password=${canary}`,
  ]) {
    const described = JSON.stringify(describeError(new Error(message, { cause: new Error(message) }), [canary]));
    assert.doesNotMatch(described, /hunter2/, message);
  }
});

test("things that are no errors can be thrown too", () => {
  assert.deepEqual(describeError("text"), { type: "string", message: "text" });
  assert.deepEqual(describeError(undefined), { type: "undefined", message: "undefined" });
});
