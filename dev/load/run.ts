/** One run: opens the clients, makes the calls, and notes what the server and its stores used meanwhile. */
import { setTimeout as sleep } from "node:timers/promises";
import type { BackEnds } from "../lib/back-ends.ts";
import { CALLS } from "./calls.ts";
import { ClientWithoutSession, ClientWithSession, type LoadClient, type Target } from "./clients.ts";
import { type MadeCall, openLoop } from "./open-loop.ts";
import { SETTLE_MS, type Usage, usageOf, watchUsage } from "./server-usage.ts";
import { type StoreUsage, storeUsage } from "./store-usage.ts";

export interface Plan {
  readonly target: Target;
  readonly perSecond: number;
  /** Clients with a session, and as many without where the server serves them. 0: clients without only. */
  readonly sessions: number;
  readonly seconds: number;
}

export interface Run {
  readonly plan: Plan;
  /** By era of the clients. */
  readonly calls: ReadonlyMap<string, readonly MadeCall[]>;
  /** From before the first call until its telemetry was sent; undefined when the server's metrics cannot be read. */
  readonly usage: readonly Usage[] | undefined;
  /** When the first call was due, of `performance.now()`. */
  readonly startMs: number;
  /** By name of the store, before and after. */
  readonly stores: ReadonlyMap<string, readonly [before: StoreUsage, after: StoreUsage]>;
}

/** Sessions that are opened at the same time. */
const BATCH = 20;

interface Era {
  readonly name: string;
  readonly clients: readonly LoadClient[];
}

/** @param local the stack on this machine; undefined when the target is elsewhere */
export async function run(plan: Plan, local: BackEnds | undefined, signal: AbortSignal): Promise<Run> {
  const eras = await openClients(plan);
  const stores = async () => (local === undefined ? new Map<string, StoreUsage>() : storeUsage(local));
  try {
    const storesBefore = await stores();
    const before = local && (await usageOf(local).catch(() => undefined));
    const watch = local && before && watchUsage(local);
    const startMs = performance.now();
    const calls = await openLoop(plan.perSecond, plan.seconds, (number) => make(number, eras), signal);
    await sleep(SETTLE_MS);
    watch?.stop();
    const storesAfter = await stores();
    return {
      plan,
      startMs,
      calls: new Map(eras.map(({ name }, at) => [name, calls.filter((_, number) => number % eras.length === at)])),
      usage: local && before && [before, ...(watch?.seen ?? []), await usageOf(local)],
      stores: new Map([...storesBefore].map(([store, usage]) => [store, [usage, storesAfter.get(store) ?? usage]])),
    };
  } finally {
    await Promise.all(eras.flatMap(({ clients }) => clients.map((client) => client.leave())));
  }
}

/** The eras take turns, and the clients of each. */
function make(number: number, eras: readonly Era[]): Promise<string | undefined> {
  const turn = Math.floor(number / eras.length);
  const { clients = [] } = eras[number % eras.length] ?? {};
  const [client, call] = [clients[turn % clients.length], CALLS[turn % CALLS.length]];
  if (client === undefined || call === undefined) throw new Error("dev/load/calls.ts has no call");
  return client.call(call);
}

/** @throws when the server does not answer, or opens no session */
async function openClients({ target, sessions }: Plan): Promise<readonly Era[]> {
  const first = new ClientWithoutSession(target);
  const withoutSessions = (await first.isServed())
    ? [first, ...Array.from({ length: Math.max(0, sessions - 1) }, () => new ClientWithoutSession(target))]
    : [];
  const withSessions: LoadClient[] = [];
  while (withSessions.length < sessions) {
    const batch = Math.min(BATCH, sessions - withSessions.length);
    withSessions.push(...(await Promise.all(Array.from({ length: batch }, () => ClientWithSession.open(target)))));
  }
  const eras = [
    { name: "with sessions", clients: withSessions },
    { name: "without sessions", clients: withoutSessions },
  ].filter(({ clients }) => clients.length > 0);
  if (eras.length === 0) throw new Error("the server serves no client without a session: set SESSIONS above 0");
  return eras;
}
