/** The limits that `--check` enforces. Ratios compare with (a), the bare server, in the same run. */
import { CALLS_PER_SECOND, inspectorRatio, watchedCorePercent } from "./inspector.ts";
import type { Results } from "./results.ts";
import { type CostField, type PhaseName, ratio } from "./rounds.ts";
import type { Letter } from "./variants.ts";

/** With fewer rounds the medians are too noisy to compare with a limit. */
export const MIN_ROUNDS = 5;

export interface Limit {
  readonly title: string;
  readonly limit: number;
  readonly unit: "×" | "ms" | "%";
  readonly measured: number;
}

export function limits({ rows, idle, tools, inspector }: Results): readonly Limit[] {
  const times = (title: string, limit: number, measured: number): Limit => ({ title, limit, unit: "×", measured });
  const small = (letter: Letter) => ratio(rows, letter, "small", "cpuUs");
  const cpuWith50 = (letter: "a" | "g") => tools[letter][50]?.cpuUs ?? Number.NaN;
  const scrape = tools.c[50]?.scrape;
  const largest = Object.values(tools.c).at(-1)?.scrape;
  return [
    times("(c) CPU per small call, everything on, all sampled", 1.5, small("c")),
    times("(d) the same, 10 % sampled", 1.4, small("d")),
    times("(e) trace export off", 1.3, small("e")),
    times("(f) logs and metrics off too", 1.1, small("f")),
    times("(g) CPU per small call without sessions, everything on, all sampled", 1.3, small("g")),
    times("(g) the same with 50 tools, to (a) with 50", 1.3, cpuWith50("g") / cpuWith50("a")),
    times("(j) CPU per small call, (a) with the preload, all sampled", 1.5, small("j")),
    times("(j) CPU per downstream call", 1.3, ratio(rows, "j", "downstream", "cpuUs")),
    times("(c) CPU per downstream call", 1.3, ratio(rows, "c", "downstream", "cpuUs")),
    times("(c) p99 at half of (a)'s saturation", 1.5, ratio(rows, "c", "paced", "p99Ms")),
    times("(c) heap retained by an idle session", 1.15, idle.c.bytesPerSession / idle.a.bytesPerSession),
    { title: "a scrape with 50 tools", limit: 50, unit: "ms", measured: scrape?.ms ?? Number.NaN },
    {
      title: "longest event loop delay during a scrape with the most tools",
      limit: 10,
      unit: "ms",
      measured: largest?.maxEventLoopDelayMs ?? Number.NaN,
    },
    times(
      `(c) with the inspector on, CPU per call to (c), ${CALLS_PER_SECOND} calls/s`,
      1.05,
      inspectorRatio(inspector),
    ),
    {
      title: "inspector with an open live page, share of a core",
      limit: 5,
      unit: "%",
      measured: watchedCorePercent(inspector),
    },
  ];
}

/** How far the CPU time of a control may be from what it repeats, as a share of it. */
export const CONTROL_SHARE = 0.03;

/** How far the control may be from (a). */
const CONTROLS: readonly (readonly [what: string, phase: PhaseName, field: CostField, share: number])[] = [
  ["CPU per small call", "small", "cpuUs", CONTROL_SHARE],
  ["CPU per downstream call", "downstream", "cpuUs", CONTROL_SHARE],
  ["p99 at half load", "paced", "p99Ms", 0.15],
];

/**
 * The control (i) is the same program as (a). Where the two differ, other programs use the machine, and no ratio of this
 * run can be compared with a limit.
 *
 * @returns one sentence for each difference; nothing when the run is conclusive
 */
export function controlDifferences({ rows }: Results): string[] {
  return CONTROLS.flatMap(([what, phase, field, share]) => {
    const found = ratio(rows, "i", phase, field);
    if (Math.abs(found - 1) <= share) return [];
    return [`${what}: the control (i) is ${found.toFixed(2)} × (a), and may differ by ${share * 100} %`];
  });
}

/** A missing measurement (NaN) is not within its limit. */
export const isWithinLimit = ({ measured, limit }: Limit): boolean => measured <= limit;

/** Every message must be counted, logged and, in (c), (g) and (j), traced. @returns one sentence for each shortfall */
export function missingSignals({ rows }: Results): string[] {
  const missing: string[] = [];
  for (const letter of ["c", "d", "e", "g", "j"] as const) {
    const { signals } = rows[letter];
    if (signals === undefined) continue;
    const { sent, requests, lines, spans, lostSpans } = signals;
    if (requests !== sent) missing.push(`(${letter}) ${sent} messages sent, ${requests} counted`);
    if (lines !== sent) missing.push(`(${letter}) ${sent} messages sent, ${lines} log lines`);
    if ("cgj".includes(letter) && spans < sent)
      missing.push(`(${letter}) ${sent} messages sent, ${spans} spans exported`);
    if (lostSpans > 0) missing.push(`(${letter}) ${lostSpans} spans lost`);
  }
  return missing;
}
