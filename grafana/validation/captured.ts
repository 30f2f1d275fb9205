/**
 * Every name that a running stack exported, as `make capture` wrote it down: what a query may ask for. No names that
 * somebody only believes in.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface CapturedMetric {
  /** Where it comes from; "" for what no scrape brought. */
  readonly jobs: readonly string[];
  readonly labels: readonly string[];
  /** A counter that nothing has counted in, a gauge of what is not here: announced, but no label of it was seen. */
  readonly announced?: true;
  /** Labels of its exemplars, where it has any. */
  readonly exemplars?: readonly string[];
}

/** By name, as Prometheus stores it: a histogram is three. */
export type CapturedMetrics = Readonly<Record<string, CapturedMetric>>;

/** By service; fields are dotted paths into the line. */
export type CapturedLogs = Readonly<
  Record<
    string,
    { readonly labels: readonly string[]; readonly metadata: readonly string[]; readonly fields: readonly string[] }
  >
>;

export interface CapturedTraces {
  readonly intrinsics: readonly string[];
  /** Attributes by service. */
  readonly services: Readonly<
    Record<
      string,
      { readonly resource: readonly string[]; readonly span: readonly string[]; readonly event: readonly string[] }
    >
  >;
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, "..", "captured", `${name}.json`), "utf8"));

export const captured = () => ({
  metrics: read("metrics") as CapturedMetrics,
  logs: read("logs") as CapturedLogs,
  traces: read("traces") as CapturedTraces,
});

export type Captured = ReturnType<typeof captured>;
