/** The tables of a run, as Markdown. The tables in README.md are copied from this output. */
import { CALLS_PER_SECOND, corePercent, MODES } from "./inspector.ts";
import { isWithinLimit, limits } from "./limits.ts";
import { type Results, TOOL_COUNT_LETTERS } from "./results.ts";
import { type CostField, medianCost, type PhaseName, type Row, ratioOf } from "./rounds.ts";
import { median } from "./statistics.ts";
import { LETTERS } from "./variants.ts";

export const report = (results: Results): string =>
  [costs(results), signals(results), curves(results), inspector(results), limitTable(results)].join("\n\n");

const costs = ({ rows }: Results): string => {
  const named = LETTERS.map((letter) => [`(${letter})`, rows[letter]] as const);
  return costTable(named, rows.a);
};

/** What a call costs in each row, and in brackets its ratio to the row `base`. */
export function costTable(rows: readonly (readonly [name: string, Row])[], base: Row): string {
  const columns: readonly (readonly [head: string, PhaseName, CostField, unit: number, digits: number])[] = [
    ["small: CPU µs", "small", "cpuUs", 1, 0],
    ["calls/s", "small", "perSecond", 1, 0],
    ["KiB allocated", "small", "allocatedBytes", 1024, 1],
    ["reads and writes", "small", "systemCalls", 1, 1],
    ["GC %", "small", "gcShare", 0.01, 1],
    ["downstream: CPU µs", "downstream", "cpuUs", 1, 0],
    ["calls/s", "downstream", "perSecond", 1, 0],
    ["at half load: CPU µs", "paced", "cpuUs", 1, 0],
    ["p50 ms", "paced", "p50Ms", 1, 2],
    ["p99 ms", "paced", "p99Ms", 1, 2],
  ];
  return table(
    ["", ...columns.map(([head]) => head)],
    rows.map(([name, row]) => [
      `${name} ${row.title}`,
      ...columns.map(([, phase, field, unit, digits]) => {
        const value = (medianCost(row, phase, field) / unit).toFixed(digits);
        return row === base ? value : `${value} (${ratioOf(row, base, phase, field).toFixed(2)})`;
      }),
    ]),
  );
}

const signals = ({ rows }: Results): string =>
  table(
    ["signals", "messages sent", "counted", "log lines", "spans exported", "spans lost"],
    LETTERS.flatMap((letter) => {
      const found = rows[letter].signals;
      if (found === undefined) return [];
      return [[`(${letter})`, ...[found.sent, found.requests, found.lines, found.spans, found.lostSpans].map(String)]];
    }),
  );

const at = (value: number | undefined, digits = 0) => value?.toFixed(digits) ?? "";

function curves({ idle, tools }: Results): string {
  const sessionCounts = Object.keys(idle.a.cpuUsBySessions).map(Number);
  const counts = Object.keys(tools.a).map(Number);
  const sessions = table(
    ["CPU µs by open sessions", ...sessionCounts.map(String), "KiB retained per session"],
    (["a", "c"] as const).map((letter) => [
      `(${letter})`,
      ...sessionCounts.map((count) => at(idle[letter].cpuUsBySessions[count])),
      at(idle[letter].bytesPerSession / 1024, 1),
    ]),
  );
  const byTools = table(
    ["CPU µs by number of tools", ...counts.map(String)],
    TOOL_COUNT_LETTERS.map((letter) => [`(${letter})`, ...counts.map((count) => at(tools[letter][count]?.cpuUs))]),
  );
  const scrapes = table(
    ["a scrape by number of tools", "ms", "KiB", "longest event loop delay, ms"],
    counts.flatMap((count) => {
      const scrape = tools.c[count]?.scrape;
      if (scrape === undefined) return [];
      return [[String(count), at(scrape.ms, 1), at(scrape.bytes / 1024), at(scrape.maxEventLoopDelayMs, 1)]];
    }),
  );
  return [sessions, byTools, scrapes].join("\n\n");
}

const inspector = ({ inspector }: Results): string =>
  table(
    [`${CALLS_PER_SECOND} calls/s, inspector`, ...MODES],
    [
      ["CPU µs per call", ...MODES.map((mode) => at(median(inspector[mode])))],
      ["% of a core", ...MODES.map((mode) => at(corePercent(median(inspector[mode])), 1))],
    ],
  );

const limitTable = (results: Results): string =>
  table(
    ["limit", "at most", "measured", ""],
    limits(results).map((limit) => [
      limit.title,
      `${limit.limit} ${limit.unit}`,
      `${limit.measured.toFixed(limit.unit === "×" ? 2 : 1)} ${limit.unit}`,
      isWithinLimit(limit) ? "" : "**over**",
    ]),
  );

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}
