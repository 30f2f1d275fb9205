/** The seed alone decides what happens when, and nothing is left out. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FAULTS } from "./faults.ts";
import { HOSTILE_CALLERS } from "./hostile-callers.ts";
import { schedule } from "./schedule.ts";

const CALLERS = Object.keys(HOSTILE_CALLERS);
const of = (seed: number, minutes = 1) => schedule(seed, minutes * 60_000, CALLERS, FAULTS);

test("the same seed makes the same schedule, another seed another", () => {
  assert.deepEqual(of(7), of(7));
  assert.notDeepEqual(of(7), of(8));
});

test("in a minute each hostile caller comes once at least, and each target fails", () => {
  const { attacks, faults } = of(7);
  assert.deepEqual(
    CALLERS.filter((caller) => !attacks.some((attack) => attack.caller === caller)),
    [],
  );
  for (const target of Object.keys(FAULTS))
    assert.ok(
      faults.some((fault) => fault.target === target),
      target,
    );
});

test("in three minutes each target fails in each of its ways, one at a time, and is healed at the end", () => {
  const { faults } = of(7, 3);
  for (const [target, modes] of Object.entries(FAULTS)) {
    const own = faults.filter((fault) => fault.target === target);
    assert.deepEqual([...new Set(own.map(({ mode }) => mode))].sort(), [...modes].sort());
    for (const [index, { fromMs, untilMs }] of own.entries()) {
      assert.ok(fromMs > (own[index - 1]?.untilMs ?? 0));
      assert.ok(untilMs <= 3 * 60_000);
    }
  }
});

test("a hostile caller alone comes again and again, without faults", () => {
  const { attacks, faults } = schedule(7, 20_000, ["sessions"], {});
  assert.deepEqual(new Set(attacks.map(({ caller }) => caller)), new Set(["sessions"]));
  assert.equal(new Set(attacks.map(({ seed }) => seed)).size, attacks.length);
  assert.deepEqual(faults, []);
});
