import { AssertionError } from "node:assert";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { test } from "node:test";
import { z } from "zod";
import { SafeError } from "../safe-error.ts";
import { describeError, stackTrace } from "./errors.ts";

const SECRET = "hunter2-vermilion";

async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
}

test("an error has its type, code, place, frames and cause, and none of its texts", () => {
  const error = Object.assign(new TypeError(SECRET, { cause: new RangeError(SECRET) }), { code: "E_X" });
  const { type, message, code, stack = "", cause } = describeError(error);
  assert.deepEqual([type, code, cause?.type], ["TypeError", "E_X", "RangeError"]);
  assert.match(message, /^E_X, thrown at server\/telemetry\/logging\/errors\.test\.ts:\d+$/);
  assert.match(stack, /^TypeError: E_X, thrown at .*\n {4}at .*errors\.test\.ts:\d+:\d+/);
  assert.doesNotMatch(JSON.stringify(describeError(error)), /hunter2/);
});

test("the message of a SafeError is shown, also as a cause", () => {
  const described = describeError(new Error(SECRET, { cause: new SafeError("the store is full") }));
  assert.deepEqual([described.cause?.type, described.cause?.message], ["SafeError", "the store is full"]);
});

test("a system error says what failed and where, without file and host names", async () => {
  const refused = await thrownBy(() => new Promise((_, reject) => connect(1, "127.0.0.1").once("error", reject)));
  assert.equal(describeError(refused).message, "connect ECONNREFUSED 127.0.0.1:1");
  const missing = await thrownBy(() => readFileSync(`/${SECRET}`));
  assert.equal(describeError(missing).message, "open ENOENT");
  const unknown = await thrownBy(() => fetch(`http://${SECRET}.invalid/`));
  assert.match(describeError(unknown).cause?.message ?? "", /^getaddrinfo E\w+$/);
  assert.doesNotMatch(JSON.stringify([missing, unknown].map(describeError)), /hunter2/);
});

test("a ZodError names the fields and what is wrong with each", async () => {
  const schema = z.object({ item: z.object({ sku: z.string() }), rest: z.record(z.string(), z.number()) });
  const error = await thrownBy(() => schema.parse({ item: { sku: 1 }, rest: { [SECRET]: SECRET } }));
  const { type, message } = describeError(error);
  assert.deepEqual([type, message], ["ZodError", "item.sku: invalid_type, rest.*: invalid_type"]);
});

test("an AggregateError shows each inner error, and a nested cause is shown too", () => {
  const inner = [new SafeError("first"), new Error("x", { cause: new SafeError("second") })];
  const { cause } = describeError(new Error("x", { cause: new AggregateError(inner) }));
  assert.equal(cause?.type, "AggregateError");
  assert.deepEqual(
    cause?.errors?.map(({ message, cause: below }) => below?.message ?? message),
    ["first", "second"],
  );
});

const withStack = (stack: string) => Object.assign(new Error("said"), { stack });
const LEAKING: Readonly<Record<string, unknown>> = {
  "a string": SECRET,
  "an error with another name": Object.assign(new Error("x"), { name: SECRET }),
  "an error with a text as its code": Object.assign(new Error("x"), { code: SECRET }),
  "a message that looks like frames": new Error(`x\n    at ${SECRET} (file:///x.js:1:1)`),
  "a message that was changed after the stack was made": Object.assign(
    new Error(`x\n    at ${SECRET} (file:///x.js:1:1)`),
    { message: "x" },
  ),
  "a stack of another's making": withStack(`Error: ${SECRET}\n    at ${SECRET} (file:///x.js:1:1)`),
  "a stack with another error below it": withStack(
    `Error: said\n    at x (/x.js:1:1)\nCaused by: ${SECRET}\n    at ${SECRET} (/x.js:1:1)`,
  ),
  "a frame of a module that is a data URI": withStack(`Error: said\n    at data:text/javascript,${SECRET}:1:1`),
  "a URL in a code place": new URL(`http://${SECRET}@localhost/`),
  "the output of a child process": Object.assign(new Error("x"), { stdout: SECRET, stderr: SECRET, cmd: SECRET }),
  "an assertion": new AssertionError({ actual: SECRET, expected: "x" }),
  "a DOMException with a name of its own": new DOMException(SECRET, SECRET),
  "quotes of all kinds": new Error(`\`${SECRET}\` “${SECRET}” '${SECRET}\n${SECRET}'`),
  "a long message": new Error("x".repeat(5000) + SECRET),
  "an object": { message: SECRET, code: SECRET, name: SECRET, [SECRET]: SECRET },
};
for (const [title, thrown] of Object.entries(LEAKING)) {
  test(`no text of it is shown: ${title}`, () => {
    const described = describeError(thrown);
    assert.doesNotMatch(JSON.stringify(described) + stackTrace(described, 2048), /hunter2/);
  });
}

test("a stack trace names the last cause within its limit, however long the stacks before it are", () => {
  const long = (depth: number): Error =>
    depth === 0 ? new SafeError("the newest") : new Error("x".repeat(9000), { cause: long(depth - 1) });
  const wide = new Error("x", {
    cause: new AggregateError(Array.from({ length: 9 }, () => new SafeError("ä".repeat(900)))),
  });
  for (const error of [long(3), wide]) assert.ok(Buffer.byteLength(stackTrace(describeError(error), 2048)) <= 2048);
  assert.match(stackTrace(describeError(long(3)), 2048), /Caused by: SafeError: the newest\n {4}at /);
});

test("a message of a megabyte costs no time", () => {
  const startedAt = performance.now();
  for (const text of [`'${"\\".repeat(1e6)}`, "a@".repeat(5e5), "\n    at ".repeat(2e5)])
    describeError(new Error(text));
  assert.ok(performance.now() - startedAt < 200);
});
