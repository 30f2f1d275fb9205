/** The accounting finds what is missing: one request, one refusal, one line, one span, one session. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { accounting, type Observed } from "./accounting.ts";
import { answered, cut, newTally, type Sent, type Tally } from "./tally.ts";

const POSTED: Sent = { method: "POST", messages: 1, opens: false };

/** Ten requests, two refusals, two sessions of which one ended: all of it accounted for. */
function complete(): Observed {
  const callers = newTally();
  callers.lookups = 1;
  for (let call = 0; call < 8; call += 1) answered(callers, POSTED, 200);
  for (let opening = 0; opening < 2; opening += 1) answered(callers, { ...POSTED, opens: true }, 200);
  answered(callers, POSTED, 413);
  answered(callers, POSTED, 404);
  answered(callers, { method: "DELETE", messages: 0, opens: false }, 200);
  return {
    callers,
    metrics: {
      operations: 10,
      refusals: { 404: 1, 413: 1 },
      openSessions: 1,
      endedSessions: 1,
      deletedSessions: 1,
      linesDropped: 0,
      spansExported: 14,
      spansDropped: 0,
      inFlight: { mcp_requests_in_flight: 0 },
    },
    log: { requests: 10, refusals: 2, sessionsStarted: 2, sessionsEnded: 1, others: 5, duplicates: 0, torn: 0 },
    spans: { operations: 10, sessions: 1, outgoing: 3, duplicates: 0 },
  };
}

const failing = (observed: Observed) =>
  accounting(observed)
    .filter(({ holds }) => !holds)
    .map(({ name }) => name.split(":")[0]);

type Change = (observed: Observed) => Observed;
const metrics =
  (own: Partial<Observed["metrics"]>): Change =>
  (observed) => ({ ...observed, metrics: { ...observed.metrics, ...own } });
const log =
  (own: Partial<Observed["log"]>): Change =>
  (observed) => ({ ...observed, log: { ...observed.log, ...own } });
const spans =
  (own: Partial<Observed["spans"]>): Change =>
  (observed) => ({ ...observed, spans: { ...observed.spans, ...own } });
const callers =
  (change: (tally: Tally) => void): Change =>
  (observed) => {
    change(observed.callers);
    return observed;
  };
const both =
  (...changes: readonly Change[]): Change =>
  (observed) =>
    changes.reduce((changed, change) => change(changed), observed);

const CASES: readonly (readonly [what: string, change: Change, found: readonly string[]])[] = [
  ["nothing is missing", (observed) => observed, []],
  ["a request is not counted", metrics({ operations: 9 }), ["requests", "lines", "spans"]],
  ["a request is counted twice", metrics({ operations: 11 }), ["requests", "lines", "spans"]],
  ["a refusal is not counted", metrics({ refusals: { 413: 1 } }), ["requests", "lines"]],
  ["a refusal has another status's count", metrics({ refusals: { 404: 0, 413: 2 } }), ["requests"]],
  ["an exchange never ended", callers((tally) => Object.assign(tally.unanswered, { aborts: 1 })), ["requests"]],
  ["a session is not in the gauge", metrics({ openSessions: 0 }), ["sessions", "lines"]],
  ["a request is still in flight", metrics({ inFlight: { mcp_requests_in_flight: 1 } }), ["gauges"]],
  ["a request's line is missing", log({ requests: 9 }), ["lines"]],
  ["a refusal's line is missing", log({ refusals: 1 }), ["lines"]],
  ["a session's line is missing", log({ sessionsEnded: 0 }), ["lines"]],
  ["a request has two lines", log({ duplicates: 1 }), ["lines"]],
  ["one line more is missing than was dropped", both(log({ requests: 8 }), metrics({ linesDropped: 1 })), ["lines"]],
  ["lines were dropped that are there", metrics({ linesDropped: 3 }), ["lines"]],
  ["the missing lines were dropped", both(log({ requests: 7 }), metrics({ linesDropped: 3 })), []],
  ["a request's span is missing", both(spans({ operations: 9 }), metrics({ spansExported: 13 })), ["spans"]],
  ["a session's span is missing", both(spans({ sessions: 0 }), metrics({ spansExported: 13 })), ["spans"]],
  ["a span was counted as exported and not taken", metrics({ spansExported: 15 }), ["spans"]],
  ["a span was taken twice", spans({ duplicates: 1 }), ["spans"]],
  [
    "the missing spans were dropped",
    both(spans({ operations: 8 }), metrics({ spansExported: 12, spansDropped: 2 })),
    [],
  ],
  [
    "what a caller did not wait for was counted",
    both(
      callers((tally) => cut(tally, POSTED)),
      metrics({ operations: 11 }),
      log({ requests: 11 }),
      spans({ operations: 11 }),
      metrics({ spansExported: 15, operations: 11 }),
    ),
    [],
  ],
];

for (const [what, change, found] of CASES) {
  test(`${what}: ${found.length === 0 ? "it holds" : `${found.join(", ")} ${found.length === 1 ? "fails" : "fail"}`}`, () => {
    assert.deepEqual([...new Set(failing(change(complete())))], found);
  });
}
