import assert from "node:assert/strict";
import { test } from "node:test";
import { controlDifferences, isWithinLimit, limits, missingSignals } from "./limits.ts";
import type { Results } from "./results.ts";
import type { CallCost, Row, Rows } from "./rounds.ts";
import type { Signals } from "./signals.ts";
import { LETTERS } from "./variants.ts";

const cost = (cpuUs: number): CallCost => ({
  cpuUs,
  systemCalls: 1,
  perSecond: 1,
  p50Ms: 1,
  p99Ms: 1,
  allocatedBytes: 1,
  gcShare: 0.1,
});
const row = (cpuUs: readonly number[], signals?: Signals): Row => {
  const costs = cpuUs.map(cost);
  return { title: "", small: costs, downstream: costs, paced: costs, ...(signals && { signals }) };
};
const complete = { sent: 10, requests: 10, lines: 10, spans: 12, lostSpans: 0 };
const bare = [100, 200, 100];

function results(c: readonly number[], signals: Signals = complete): Results {
  const same = row(bare);
  const idle = { bytesPerSession: 1000, cpuUsBySessions: {} };
  const fifty = { 50: { cpuUs: 200, scrape: undefined } };
  const scraped = { 50: { cpuUs: 1, scrape: { ms: 10, bytes: 1, maxEventLoopDelayMs: 5 } } };
  return {
    machine: { cpus: 2, model: "", node: "" },
    rounds: 3,
    rows: { ...(Object.fromEntries(LETTERS.map((letter) => [letter, same])) as Rows), c: row(c, signals) },
    idle: { a: idle, c: idle },
    tools: { a: fifty, c: scraped, g: fifty, h: {} },
    inspector: { off: [300], on: [303], watched: [360] },
  };
}

const over = (found: Results) => limits(found).filter((limit) => !isWithinLimit(limit));

test("a run within its limits reports no problem", () => {
  assert.deepEqual([over(results([120, 240, 120])), missingSignals(results([120, 240, 120]))], [[], []]);
});

test("a ratio is the median over the rounds, so one round that was slow for every variant does not change it", () => {
  const [limit] = limits(results([140, 280, 900]));
  assert.equal(limit?.measured, 1.4);
});

test("a variant over its limit is reported", () => {
  assert.match(
    over(results([160, 320, 160]))
      .map(({ title }) => title)
      .join(),
    /everything on, all sampled/,
  );
});

test("a missing measurement counts as over its limit", () => {
  const found = results(bare);
  assert.equal(over({ ...found, tools: { a: {}, c: {}, g: {}, h: {} } }).length, 3);
});

test("the inspector has two limits: a CPU ratio when it is on, and a share of a core when its live page is open", () => {
  const found = {
    ...results(bare),
    inspector: { off: [300, 300, 400], on: [330, 330, 400], watched: [420, 420, 420] },
  };
  assert.deepEqual(
    over(found).map(({ measured }) => Number(measured.toFixed(2))),
    [1.1, 6],
  );
});

test("a run is conclusive only when the control costs what (a) costs", () => {
  const found = results(bare);
  const control = (us: readonly number[]) => controlDifferences({ ...found, rows: { ...found.rows, i: row(us) } });
  assert.deepEqual(control([102, 204, 98]), []);
  assert.deepEqual(
    control([104, 209, 104]).map((text) => text.replace(/:.*/, "")),
    ["CPU per small call", "CPU per downstream call"],
  );
});

for (const [what, signals] of [
  ["counted", { ...complete, requests: 9 }],
  ["lines", { ...complete, lines: 9 }],
  ["spans exported", { ...complete, spans: 9 }],
  ["spans lost", { ...complete, lostSpans: 1 }],
] as const) {
  test(`a run that lost signals fails: ${what}`, () => {
    assert.match(missingSignals(results(bare, signals)).join(), new RegExp(what));
  });
}
