/** The report of a run, as text. */
import { table } from "../../deploy/stack/table.ts";
import { failuresOf, latenciesOf, ownDelay, rateReached } from "./figures.ts";
import type { MadeCall } from "./open-loop.ts";
import type { Run } from "./run.ts";
import type { Usage } from "./server-usage.ts";
import type { StoreUsage } from "./store-usage.ts";

const MIB = 1024 ** 2;
/** A delay that is no longer small beside the latencies. */
const MUCH_DELAY_MS = 5;

export function report(run: Run): string {
  const all = [...run.calls.values()].flat();
  const rows = [...run.calls, ["all", all] as const].map(([name, calls]) => row(name, calls));
  return [
    heading(run, all),
    table([["", "CALLS", "ANSWERED", "FAILED", "P50 ms", "P90", "P99", "P99.9", "MAX"], ...rows]),
    ...failuresOf(all).map(([failure, count]) => `failed: ${count} × ${failure}`),
    client(all),
    ...(run.usage === undefined ? ["server: its metrics cannot be read here"] : server(run.usage, all.length)),
    ...[...run.stores].map(([store, [before, after]]) => `${store}: ${used(before, after, all.length)}`),
  ].join("\n");
}

const mib = (bytes: number): string => (bytes / MIB).toFixed(1);
const perCall = (amount: number, calls: number): string => (amount / calls).toFixed(0);

function heading({ plan }: Run, all: readonly MadeCall[]): string {
  const asked = `${plan.target.url.href}: ${plan.perSecond} calls a second for ${plan.seconds} s, ${plan.sessions} sessions`;
  return `${asked}\nreached: ${rateReached(all).toFixed(1)} answers a second`;
}

/** Latencies count from the time at which a call was due. */
function row(name: string, calls: readonly MadeCall[]): readonly string[] {
  const failed = calls.filter(({ failure }) => failure !== undefined).length;
  const latencies = latenciesOf(calls);
  const counts = [calls.length, calls.length - failed, failed].map(String);
  return [name, ...counts, ...Object.values(latencies ?? {}).map((ms: number) => ms.toFixed(2))];
}

function client(all: readonly MadeCall[]): string {
  const delay = ownDelay(all);
  const said = `this client: sent 99 % of the calls within ${delay.toFixed(1)} ms of their time`;
  return delay > MUCH_DELAY_MS ? `${said}: it has too little CPU time, and the latencies contain that` : said;
}

/** @param calls how many were made */
function server(usage: readonly Usage[], calls: number): readonly string[] {
  const [first, last] = [usage[0], usage.at(-1)];
  if (first === undefined || last === undefined) return [];
  const cpu = last.cpuSeconds - first.cpuSeconds;
  const cores = (cpu / (last.atMs - first.atMs)) * 1000;
  const most = Math.max(...usage.map(({ memoryBytes }) => memoryBytes));
  const spans = last.spans - first.spans;
  return [
    `server: ${perCall(cpu * 1e6, calls)} µs of CPU a call, ${cores.toFixed(2)} cores; memory ${mib(first.memoryBytes)} MiB before, ${mib(most)} MiB at most`,
    `telemetry: ${(spans / calls).toFixed(2)} spans sent a call; lost: ${last.lostSpans - first.lostSpans} spans, ${last.lostLines - first.lostLines} log lines`,
  ];
}

function used(before: StoreUsage, after: StoreUsage, calls: number): string {
  const cpu = `${perCall((after.cpuSeconds - before.cpuSeconds) * 1e6, calls)} µs of CPU a call`;
  if (before.diskBytes === undefined || after.diskBytes === undefined) return cpu;
  const grown = after.diskBytes - before.diskBytes;
  return `${cpu}; ${mib(before.diskBytes)} MiB on disk before, ${mib(after.diskBytes)} MiB after: ${perCall(grown, calls)} bytes a call`;
}
