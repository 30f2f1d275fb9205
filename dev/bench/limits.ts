/** The limits that `--check` holds a run to. Ratios are to (a), the bare server, in the same run. */
import { CALLS_PER_SECOND, inspectedRatio, watchedShare } from "./inspector.ts";
import type { Results } from "./results.ts";
import { ratio } from "./rounds.ts";
import type { Letter } from "./variants.ts";

/** Fewer rounds than this are no ground for a verdict. */
export const MIN_ROUNDS = 5;

export interface Limit {
  readonly what: string;
  readonly limit: number;
  readonly unit: "×" | "ms" | "%";
  readonly found: number;
}

export function limits({ rows, idle, tools, inspector }: Results): readonly Limit[] {
  const times = (what: string, limit: number, found: number): Limit => ({ what, limit, unit: "×", found });
  const small = (letter: Letter) => ratio(rows, letter, "small", "cpuUs");
  const scrape = tools.c[50]?.scrape;
  return [
    times("(c) CPU per small call, everything on, all sampled", 1.5, small("c")),
    times("(d) the same, 10 % sampled", 1.4, small("d")),
    times("(e) trace export off", 1.3, small("e")),
    times("(f) logs and metrics off too", 1.1, small("f")),
    times("(c) CPU per downstream call", 1.3, ratio(rows, "c", "downstream", "cpuUs")),
    times("(c) p99 at half of (a)'s saturation", 1.5, ratio(rows, "c", "paced", "p99Ms")),
    times("(c) heap retained by an idle session", 1.15, idle.c.bytesPerSession / idle.a.bytesPerSession),
    { what: "a scrape with 50 tools", limit: 50, unit: "ms", found: scrape?.ms ?? Number.NaN },
    { what: "longest gap of the loop in it", limit: 20, unit: "ms", found: scrape?.longestGapMs ?? Number.NaN },
    times(
      `(c) with the inspector on, CPU per call to (c), ${CALLS_PER_SECOND} calls/s`,
      1.05,
      inspectedRatio(inspector),
    ),
    { what: "following it live, of a core", limit: 5, unit: "%", found: watchedShare(inspector) },
  ];
}

/** A figure that is not there is not within its limit. */
export const holds = ({ found, limit }: Limit): boolean => found <= limit;

/** What each request must leave behind, whatever it costs. @returns what is missing, in words */
export function missingSignals({ rows }: Results): string[] {
  const missing: string[] = [];
  for (const letter of ["c", "d", "e"] as const) {
    const { signals } = rows[letter];
    if (signals === undefined) continue;
    const { sent, requests, lines, spans, lostSpans } = signals;
    if (requests !== sent) missing.push(`(${letter}) ${sent} messages sent, ${requests} counted`);
    if (lines !== sent) missing.push(`(${letter}) ${sent} messages sent, ${lines} lines`);
    if (letter === "c" && spans < sent) missing.push(`(c) ${sent} messages sent, ${spans} spans exported`);
    if (lostSpans > 0) missing.push(`(${letter}) ${lostSpans} spans lost`);
  }
  return missing;
}
