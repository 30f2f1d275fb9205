import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { repeatedly } from "./schedule.ts";

/** Runs the schedule for `ms` milliseconds. @returns the start of each run, in milliseconds since the first call */
async function starts(ms: number, intervalMs: number, work: () => Promise<unknown>, random = () => 0) {
  const stop = new AbortController();
  const begun: number[] = [];
  const startedAt = performance.now();
  const running = repeatedly(
    intervalMs,
    async () => {
      begun.push(performance.now() - startedAt);
      await work();
    },
    stop.signal,
    random,
  );
  await sleep(ms);
  stop.abort();
  await running;
  return begun;
}

test("work runs once an interval, however long it takes", async () => {
  const begun = await starts(1100, 200, () => sleep(100));
  assert.ok(begun.length >= 5 && begun.length <= 6, `begun at ${begun}`);
});

test("jitter delays the first run and shortens intervals, but never lengthens one", async () => {
  const begun = await starts(
    1150,
    200,
    async () => {},
    () => 1,
  );
  assert.ok((begun[0] ?? 0) >= 195, `begun at ${begun}`);
  assert.ok(begun.length >= 5, `begun at ${begun}`);
});

test("work that takes longer than its interval does not overlap", async () => {
  let running = 0;
  let most = 0;
  const begun = await starts(600, 50, async () => {
    running += 1;
    most = Math.max(most, running);
    await sleep(150);
    running -= 1;
  });
  assert.equal(most, 1);
  assert.ok(begun.length <= 5, `begun at ${begun}`);
});
