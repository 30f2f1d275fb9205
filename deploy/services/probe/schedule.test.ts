import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { scaled } from "../../../test/support/wait.ts";
import { repeatedly } from "./schedule.ts";

/** Runs for a while. @returns when each run began, in milliseconds since the start, as on a machine that is not slow */
async function starts(ms: number, intervalMs: number, work: () => Promise<unknown>, random = () => 0) {
  const stop = new AbortController();
  const begun: number[] = [];
  const startedAt = performance.now();
  const running = repeatedly(
    scaled(intervalMs),
    async () => {
      begun.push((performance.now() - startedAt) / scaled(1));
      await work();
    },
    stop.signal,
    random,
  );
  await sleep(scaled(ms));
  stop.abort();
  await running;
  return begun;
}

test("the work is done once an interval, however long it takes itself", async () => {
  const begun = await starts(1650, 300, () => sleep(scaled(150)));
  assert.ok(begun.length >= 5 && begun.length <= 6, `begun at ${begun}`);
});

test("jitter delays the first run and shortens intervals, but never lengthens one", async () => {
  const begun = await starts(
    1700,
    300,
    async () => {},
    () => 1,
  );
  assert.ok((begun[0] ?? 0) >= 295, `begun at ${begun}`);
  assert.ok(begun.length >= 5, `begun at ${begun}`);
});

test("work that takes longer than its interval does not overlap", async () => {
  let running = 0;
  let most = 0;
  const begun = await starts(900, 50, async () => {
    running += 1;
    most = Math.max(most, running);
    await sleep(scaled(225));
    running -= 1;
  });
  assert.equal(most, 1);
  assert.ok(begun.length <= 5, `begun at ${begun}`);
});
