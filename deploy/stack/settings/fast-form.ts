/**
 * The fast form: the same Prometheus and Alertmanager files with every window and `for` divided by ten, so that an
 * alert can be seen to fire and resolve within a minute.
 */
import { mapTexts } from "./yaml.ts";

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const DIVISOR = 10;
const DURATION = /^(\d+)(ms|s|m|h|d|w)$/;

const INTERVALS = new Set([
  "scrape_interval",
  "evaluation_interval",
  "refresh_interval",
  "interval",
  "for",
  "keep_firing_for",
  "group_wait",
  "group_interval",
  "repeat_interval",
]);

/** @param duration one plain duration, such as `5m` @throws for anything else */
export function shortened(duration: string): string {
  const [, count, unit] = DURATION.exec(duration) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit];
  if (count === undefined || factor === undefined) throw new Error(`not a plain duration: ${duration}`);
  const milliseconds = Math.ceil((Number(count) * factor) / DIVISOR);
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}

/** A query with the ranges, subqueries and offsets in it shortened. */
export const shortenedQuery = (query: string): string =>
  query
    .replace(/\[(\w+)(?::(\w*))?\]/g, (_, range: string, step?: string) =>
      step === undefined ? `[${shortened(range)}]` : `[${shortened(range)}:${step === "" ? "" : shortened(step)}]`,
    )
    .replace(/\boffset (\w+)/g, (_, offset: string) => `offset ${shortened(offset)}`);

/** A Prometheus, rule or Alertmanager file, parsed. */
export const fastForm = (file: unknown): unknown =>
  mapTexts(file, (text, key) => {
    if (key === "expr") return shortenedQuery(text);
    return INTERVALS.has(key) ? shortened(text) : text;
  });
