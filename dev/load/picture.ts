/** The picture of a run: latencies, calls, and what the server used, over time. */
import { chart, type Line, type Panel } from "./chart.ts";
import { bySecond, latenciesOf } from "./figures.ts";
import type { MadeCall } from "./open-loop.ts";
import type { Plan, Run } from "./run.ts";
import type { Usage } from "./server-usage.ts";

const [BLUE, ORANGE, RED, GREY] = ["#0969da", "#bc4c00", "#cf222e", "#8c959f"] as const;
const MIB = 1024 ** 2;

/** Latencies are shown at the second in which a call was due, answers at the second in which they came. */
export function picture({ plan, calls: byEra, startMs, usage = [] }: Run): string {
  const all = [...byEra.values()].flat();
  const seen = usage.map((one): Usage => ({ ...one, atMs: Math.max(0, one.atMs - startMs) }));
  const ends = [...all.map(({ endMs }) => endMs), ...seen.map(({ atMs }) => atMs)];
  const seconds = ends.reduce((last, end) => Math.max(last, end), 1000) / 1000;
  return chart(`${plan.perSecond} calls a second, ${plan.sessions} sessions`, seconds, [
    latencies(bySecond(all, ({ dueMs }) => dueMs)),
    calls(
      bySecond(all, ({ endMs }) => endMs),
      plan,
    ),
    ...used(seen),
  ]);
}

type Seconds = readonly (readonly MadeCall[])[];

const over = (seconds: Seconds, value: (calls: readonly MadeCall[]) => number | undefined): Line["points"] =>
  seconds.flatMap((second, at) => {
    const found = value(second);
    return found === undefined ? [] : [[at + 0.5, found] as const];
  });

const latencies = (seconds: Seconds): Panel => ({
  title: "latency, ms",
  scale: "logarithmic",
  lines: [
    { name: "max", color: GREY, points: over(seconds, (second) => latenciesOf(second)?.max) },
    { name: "p99", color: ORANGE, points: over(seconds, (second) => latenciesOf(second)?.p99) },
    { name: "p50", color: BLUE, points: over(seconds, (second) => latenciesOf(second)?.p50) },
  ],
});

const calls = (seconds: Seconds, { perSecond, seconds: asked }: Plan): Panel => {
  const failed = (second: readonly MadeCall[]) => second.filter(({ failure }) => failure !== undefined).length;
  return {
    title: "calls a second",
    scale: "linear",
    lines: [
      {
        name: "asked",
        color: GREY,
        points: [
          [0, perSecond],
          [asked, perSecond],
        ],
      },
      { name: "answered", color: BLUE, points: over(seconds, (second) => second.length - failed(second)) },
      { name: "failed", color: RED, points: over(seconds, failed) },
    ],
  };
};

/** @param seen times are milliseconds since the first call was due */
function used(seen: readonly Usage[]): readonly Panel[] {
  const cores = seen.slice(1).map(({ atMs, cpuSeconds }, index): readonly [number, number] => {
    const before = seen[index] ?? { atMs, cpuSeconds };
    return [atMs / 1000, ((cpuSeconds - before.cpuSeconds) / (atMs - before.atMs)) * 1000];
  });
  const memory = seen.map(({ atMs, memoryBytes }) => [atMs / 1000, memoryBytes / MIB] as const);
  if (cores.length === 0) return [];
  return [
    { title: "server: CPU, cores", scale: "linear", lines: [{ name: "cores", color: BLUE, points: cores }] },
    { title: "server: memory, MiB", scale: "linear", lines: [{ name: "resident", color: BLUE, points: memory }] },
  ];
}
