/** The tables of a run, as Markdown: the README's are pasted from here. */
import { holds, limits } from "./limits.ts";
import type { Results } from "./results.ts";
import type { Row } from "./rounds.ts";
import { LETTERS } from "./variants.ts";

export const report = (results: Results): string =>
  [costs(results), signals(results), curves(results), verdicts(results)].join("\n\n");

function costs({ rows }: Results): string {
  const columns: readonly (readonly [string, (row: Row) => number, digits: number])[] = [
    ["small: CPU µs", (row) => row.small.cpuUs, 0],
    ["calls/s", (row) => row.small.perSecond, 0],
    ["KiB allocated", (row) => row.small.allocatedBytes / 1024, 1],
    ["GC %", (row) => row.small.gcShare * 100, 1],
    ["downstream: CPU µs", (row) => row.downstream.cpuUs, 0],
    ["calls/s", (row) => row.downstream.perSecond, 0],
    ["at half load: CPU µs", (row) => row.paced.cpuUs, 0],
    ["p50 ms", (row) => row.paced.p50Ms, 2],
    ["p99 ms", (row) => row.paced.p99Ms, 2],
  ];
  return table(
    ["", ...columns.map(([head]) => head)],
    LETTERS.map((letter) => [
      `(${letter}) ${rows[letter].what}`,
      ...columns.map(([, figure, digits]) => {
        const value = figure(rows[letter]);
        const ratio = letter === "a" ? "" : ` (${(value / figure(rows.a)).toFixed(2)})`;
        return value.toFixed(digits) + ratio;
      }),
    ]),
  );
}

const signals = ({ rows }: Results): string =>
  table(
    ["left behind", "messages sent", "counted", "lines", "spans exported", "spans lost"],
    LETTERS.flatMap((letter) => {
      const left = rows[letter].signals;
      if (left === undefined) return [];
      return [[`(${letter})`, ...[left.sent, left.requests, left.lines, left.spans, left.lostSpans].map(String)]];
    }),
  );

function curves({ idle, tools }: Results): string {
  const stations = Object.keys(idle.a.cpuUsBySessions).map(Number);
  const counts = Object.keys(tools.a).map(Number);
  const at = (value: number | undefined, digits = 0) => value?.toFixed(digits) ?? "";
  const sessions = table(
    ["CPU µs by open sessions", ...stations.map(String), "KiB retained by one"],
    (["a", "c"] as const).map((letter) => [
      `(${letter})`,
      ...stations.map((count) => at(idle[letter].cpuUsBySessions[count])),
      at(idle[letter].bytesPerSession / 1024, 1),
    ]),
  );
  const byTools = table(
    ["CPU µs by tools", ...counts.map(String)],
    (["a", "c"] as const).map((letter) => [`(${letter})`, ...counts.map((count) => at(tools[letter][count]?.cpuUs))]),
  );
  const scrapes = table(
    ["a scrape by tools", "ms", "KiB", "longest gap of the loop, ms"],
    counts.flatMap((count) => {
      const scrape = tools.c[count]?.scrape;
      if (scrape === undefined) return [];
      return [[String(count), at(scrape.ms, 1), at(scrape.bytes / 1024), at(scrape.longestGapMs, 1)]];
    }),
  );
  return [sessions, byTools, scrapes].join("\n\n");
}

const verdicts = (results: Results): string =>
  table(
    ["limit", "at most", "found", ""],
    limits(results).map((limit) => [
      limit.what,
      `${limit.limit} ${limit.unit}`,
      `${limit.found.toFixed(limit.unit === "×" ? 2 : 1)} ${limit.unit}`,
      holds(limit) ? "" : "**over**",
    ]),
  );

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}
