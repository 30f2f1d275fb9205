/** The names that a running stack exported, as recorded by `make capture`. Queries may use only these. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface CapturedMetric {
  /** The scrape jobs that it comes from; "" if it was pushed. */
  readonly jobs: readonly string[];
  readonly labels: readonly string[];
  /** It was exported without samples, so that its labels are unknown. */
  readonly announced?: true;
  /** Labels of its exemplars; absent if it has none. */
  readonly exemplars?: readonly string[];
}

/** By name, as Prometheus stores it: a histogram has three names. */
export type CapturedMetrics = Readonly<Record<string, CapturedMetric>>;

/** By service; `fields` are dotted paths into the JSON line. */
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
