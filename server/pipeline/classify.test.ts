import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { freePort } from "../test/free-port.ts";
import { classify } from "./classify.ts";
import { UpstreamError } from "./upstream-error.ts";

const thrownBy = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

const CASES: readonly (readonly [title: string, work: () => unknown, expected: string])[] = [
  ["fetch to a closed port", async () => fetch(`http://127.0.0.1:${await freePort()}`), "upstream"],
  ["fetch to a name that does not resolve", () => fetch("http://nowhere.invalid"), "upstream"],
  ["a timed-out signal", () => sleep(1000, undefined, { signal: AbortSignal.timeout(1) }), "timeout"],
  ["status 429", () => Promise.reject(new UpstreamError("catalog", 429)), "rate_limit"],
  ["status 500", () => Promise.reject(new UpstreamError("catalog", 500)), "upstream"],
  ["status 504", () => Promise.reject(new UpstreamError("catalog", 504)), "timeout"],
  ["garbage instead of JSON", () => JSON.parse("<html>"), "malformed_output"],
  ["an answer of another shape", () => z.object({ a: z.number() }).parse({}), "malformed_output"],
  ["any other error", () => Promise.reject(new Error("timeout 429 schema")), "unknown"],
  ["something that is no error", () => Promise.reject("text"), "unknown"],
];

for (const [title, work, expected] of CASES) {
  test(`${title} is ${expected}`, async () => {
    assert.equal(classify(await thrownBy(work)), expected);
  });
}
