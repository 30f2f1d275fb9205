/** The steps of the scale test. Each throws what is wrong, and returns what it saw. */
import assert from "node:assert/strict";
import { METRICS } from "mcp-telemetry/conventions";
import { eventually } from "../lib/poll.ts";
import { type Caller, during, type Outcomes, sumOf } from "./callers.ts";
import type { ScaledStack } from "./scaled-stack.ts";

const CALLS = 20;
const WITHOUT_SESSION = 100;
const HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };
const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}';

/** @returns the status of a ping, in a session or in none */
async function ping(url: URL, session?: string): Promise<number> {
  const headers = session === undefined ? HEADERS : { ...HEADERS, "mcp-session-id": session };
  const answer = await fetch(url, { method: "POST", headers, body: PING });
  await answer.body?.cancel();
  return answer.status;
}

const nothingLost = ({ lost }: Outcomes) => assert.deepEqual(lost, []);

export async function everyCallIsAnswered(stack: ScaledStack, callers: readonly Caller[]): Promise<string> {
  await Promise.all(
    callers.map(async (caller) => {
      for (let call = 0; call < CALLS; call += 1) await caller.call(call);
    }),
  );
  assert.deepEqual(sumOf(callers), { answered: callers.length * CALLS, reopened: 0, postponed: 0, lost: [] });
  const used = new Set(callers.map(({ replica }) => replica));
  assert.deepEqual([...used].sort(), [...stack.replicas]);
  return `${callers.length} sessions on ${used.size} replicas, ${CALLS} calls each`;
}

/** A request without a session is refused by the replica that it reaches: that counts where it went. */
export async function anyReplicaTakesTheRest(stack: ScaledStack): Promise<string> {
  const refused = () =>
    Promise.all(
      stack.replicas.map((name) => stack.metric(name, METRICS.httpRejections.name, { reason: "missing_session" })),
    );
  const before = await refused();
  const statuses = await Promise.all(Array.from({ length: WITHOUT_SESSION }, () => ping(stack.url)));
  assert.deepEqual(new Set(statuses), new Set([400]));
  const counts = (await refused()).map((count, at) => count - (before[at] ?? 0));
  assert.equal(
    counts.reduce((sum, count) => sum + count),
    WITHOUT_SESSION,
  );
  assert.ok(Math.min(...counts) > 0, `requests by replica: ${counts}`);
  return `requests by replica: ${counts.join(", ")}`;
}

export async function aRestartedRouterLosesNoSession(stack: ScaledStack, callers: readonly Caller[]): Promise<string> {
  await stack.restartRouter();
  const statuses = await Promise.all(callers.map(({ session }) => ping(stack.url, session)));
  assert.deepEqual(new Set(statuses), new Set([200]));
  return `${statuses.length} sessions answer`;
}

export async function twoRoutersShareTheSessions(stack: ScaledStack, callers: readonly Caller[]): Promise<string> {
  const second = await stack.secondRouter();
  try {
    const statuses = await Promise.all(callers.map(({ session }) => ping(second.url, session)));
    assert.deepEqual(new Set(statuses), new Set([200]));
    return `${statuses.length} sessions of the first answer through the second`;
  } finally {
    await second.end();
  }
}

/** @param killed ends when the replica may start again */
export async function onlyItsCallersNotice(
  stack: ScaledStack,
  callers: readonly Caller[],
  killed: () => Promise<void>,
): Promise<string> {
  const [victim = ""] = stack.replicas.slice(1);
  const own = callers.filter(({ replica }) => replica === victim);
  const survivors = callers.filter(({ replica }) => replica !== victim);
  const sessions = own.map(({ session }) => session);
  const noticed = await during(survivors, async () => {
    stack.kill(victim);
    await eventually(10_000, async () => {
      const statuses = await Promise.all(sessions.map((session) => ping(stack.url, session)));
      return statuses.every((status) => status === 404) || undefined;
    });
    await Promise.all(own.map((caller) => caller.call(1)));
    await killed();
    await stack.restart(victim);
  });
  assert.deepEqual({ ...noticed, answered: 0 }, { answered: 0, reopened: 0, postponed: 0, lost: [] });
  const moved = sumOf(own);
  nothingLost(moved);
  assert.equal(moved.reopened, own.length);
  assert.ok(own.every(({ replica }) => replica !== victim));
  return `${own.length} sessions moved; the others had ${noticed.answered} calls answered`;
}

export async function aRollingRestartLosesNoCall(stack: ScaledStack, callers: readonly Caller[]): Promise<string> {
  const noticed = await during(callers, async () => {
    for (const replica of stack.replicas) await stack.restart(replica);
  });
  nothingLost(noticed);
  const { answered, reopened, postponed } = noticed;
  assert.ok(reopened >= callers.length, `${reopened} sessions reopened`);
  return `${answered} calls answered, ${reopened} sessions opened again, ${postponed} requests refused and sent again`;
}
