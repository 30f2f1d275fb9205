/** Formats numbers, sizes, durations and times. */
const UNITS = ["B", "kB", "MB"];

export function bytes(count: number | undefined): string {
  if (count === undefined) return "";
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(count || 1) / 3)));
  return `${significant(count / 1000 ** power)} ${UNITS[power]}`;
}

/** @param ms milliseconds */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return "";
  if (ms < 1000) return `${significant(ms)} ms`;
  return ms < 120_000 ? `${significant(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

/** @returns an empty text for 0 and for undefined */
export const dollars = (usd: number | undefined): string => (usd ? `$${usd.toFixed(usd < 0.01 ? 5 : 2)}` : "");

export const percent = (ratio: number): string => `${significant(ratio * 100)} %`;

export const significant = (value: number): string =>
  value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));

/** @param at milliseconds since the epoch @returns the time of day in the server's time zone */
export const clock = (at: number): string => new Date(at).toTimeString().slice(0, 8);
