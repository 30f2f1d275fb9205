import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { until } from "../../test/support/wait.ts";
import { cost } from "./cost.ts";
import { ToolFailure } from "./errors.ts";
import { compose, type Execution, type Middleware } from "./middleware.ts";
import { outputLimit } from "./output-limit.ts";
import { runaway } from "./runaway.ts";
import { timeout } from "./timeout.ts";

const execution = (own: Partial<Execution> = {}): Execution => ({
  tool: "add",
  caller: {},
  callId: "1",
  argumentNames: ["a"],
  cancelled: new AbortController().signal,
  deadline: new AbortController(),
  ...own,
});

const traced = (name: string, priority: number, seen: string[]): Middleware => ({
  name,
  priority,
  async handle(_execution, next) {
    seen.push(`${name} before`);
    try {
      return await next();
    } finally {
      seen.push(`${name} after`);
    }
  },
});

const never = () => assert.fail("no middleware failed by its own fault");

test("the lowest priority is outermost, in whatever order they are given", async () => {
  const seen: string[] = [];
  const run = compose([traced("b", 2, seen), traced("c", 3, seen), traced("a", 1, seen)], never);
  assert.equal(await run(execution(), async () => "answer"), "answer");
  assert.deepEqual(seen, ["a before", "b before", "c before", "c after", "b after", "a after"]);
});

test("the tool's own error passes every middleware, as the same object", async () => {
  const error = new Error("the tool's");
  const run = compose([traced("a", 1, [])], never);
  await assert.rejects(
    run(execution(), () => Promise.reject(error)),
    (thrown) => thrown === error,
  );
});

for (const when of ["before", "after"] as const) {
  test(`a middleware that fails ${when} the tool is reported, and the tool runs once and is answered for`, async () => {
    const reported: string[] = [];
    const broken: Middleware = {
      name: "broken",
      priority: 1,
      async handle(_execution, next) {
        if (when === "before") throw new TypeError("a bug");
        await next();
        throw new TypeError("a bug");
      },
    };
    let runs = 0;
    const run = compose([broken, traced("a", 2, [])], (name) => reported.push(name));
    const answer = await run(execution(), async () => {
      runs += 1;
      return "answer";
    });
    assert.deepEqual([answer, runs, reported], ["answer", 1, ["broken"]]);
  });
}

test("over its time a tool is answered for, its signal fires, and its late end is counted once", async () => {
  let late = 0;
  const end = Promise.withResolvers<string>();
  const one = execution();
  const run = compose([timeout(50, () => (late += 1))], never);
  await assert.rejects(
    run(one, () => end.promise),
    (error) =>
      error instanceof ToolFailure &&
      error.errorClass === "timeout" &&
      error.message === "tool add did not finish within 50 ms",
  );
  assert.equal(one.deadline.signal.aborted, true);
  assert.equal(late, 0);
  end.resolve("too late");
  await until(() => late > 0, "a late end");
  await nextTurn();
  assert.equal(late, 1);
});

test("the client's cancellation fires the same signal, and is not late", async () => {
  let late = 0;
  const client = new AbortController();
  const one = execution({ cancelled: client.signal });
  const run = compose([timeout(1000, () => (late += 1))], never);
  const running = run(one, () => sleep(1000, undefined, { signal: one.deadline.signal }));
  client.abort();
  await assert.rejects(running);
  assert.deepEqual([one.deadline.signal.aborted, late], [true, 0]);
});

test("a result over the limit is refused with its size", async () => {
  const run = compose([outputLimit(10)], never);
  assert.equal(await run(execution(), async () => "12345678"), "12345678");
  await assert.rejects(
    run(execution(), async () => "123456789"),
    /the result of tool add has 11 bytes, and 10 is the limit/,
  );
});

test("a fixed cost is noted for failures too, a computed one for answers only", async () => {
  const noted: number[] = [];
  const fixed = compose([cost(0.5, (usd) => noted.push(usd))], never);
  const computed = compose(
    [
      cost(
        (answer) => String(answer).length,
        (usd) => noted.push(usd),
      ),
    ],
    never,
  );
  await fixed(execution(), async () => "x");
  await fixed(execution(), () => Promise.reject(new Error("x"))).catch(() => {});
  await computed(execution(), async () => "four");
  await computed(execution(), () => Promise.reject(new Error("x"))).catch(() => {});
  assert.deepEqual(noted, [0.5, 0.5, 4]);
});

test("a runaway is reported once for each episode, by tool and caller", async (t) => {
  let now = 0;
  t.mock.method(performance, "now", () => now);
  const reported: string[] = [];
  const run = compose([runaway(3, (tool, calls) => reported.push(`${tool} ${calls}`))], never);
  const caller = {};
  const calls = async (count: number, own: object = caller) => {
    for (let call = 0; call < count; call += 1) await run(execution({ caller: own }), async () => "x");
  };
  await calls(3);
  await calls(3, {});
  assert.deepEqual(reported, []);
  await calls(10);
  now += 61_000;
  await calls(10);
  assert.deepEqual(reported, ["add 4"], "the episode goes on");
  now += 61_000;
  await calls(2);
  now += 61_000;
  await calls(10);
  assert.deepEqual(reported, ["add 4", "add 4"], "a calm minute ends it");
});
