/** Runs a prober of one target in the test's process, and reads its log lines and metrics. */
import { PROBE_STEPS, type ProbeStep } from "mcp-telemetry/conventions";
import { createLogger } from "../../../../server/telemetry/logging/logger.ts";
import { createRegistry } from "../../../../server/telemetry/metrics/registry.ts";
import { ProbeMetrics } from "../metrics.ts";
import { Prober } from "../prober.ts";
import type { ReviewDependencies } from "../review.ts";
import { ToolNames } from "../suspicion.ts";
import type { Target } from "../targets.ts";

export type Line = Readonly<Record<string, unknown>>;

export interface Probing {
  probe(): Promise<void>;
  readonly lines: Line[];
  /** The value of one series, such as `name{label="x"}`; undefined when it does not exist. */
  metric(series: string): Promise<number | undefined>;
  /** Success of each step: 1, 0, or undefined if it was not reached. */
  steps(): Promise<(number | undefined)[]>;
}

/** @returns the value of a series such as `name{label="x"}` in a metrics text; undefined if it is not there */
export function sampleValue(series: string, metrics: string): number | undefined {
  const sample = metrics.split("\n").find((line) => line.startsWith(`${series} `));
  return sample === undefined ? undefined : Number(sample.slice(series.length + 1));
}

export const CANARY = { tool: "add", arguments: { a: 1, b: 2 }, expect: { structured: { sum: 3 }, text: "is 3" } };

/**
 * @param deadlineMs deadline of each step
 * @param shared what is approved, and the tools of other targets
 */
export function probing(
  url: URL,
  own: Partial<Target> = {},
  deadlineMs = 3000,
  shared: Partial<ReviewDependencies> = {},
): Probing {
  const registry = createRegistry();
  const lines: Line[] = [];
  const stream = { write: (line: string) => lines.push(JSON.parse(line)), dropped: () => 0, end: async () => {} };
  const deadlines = Object.fromEntries(PROBE_STEPS.map((step) => [step, deadlineMs])) as Record<ProbeStep, number>;
  const target: Target = {
    name: "it",
    url,
    intervalMs: 60_000,
    deadlines,
    tokenFile: undefined,
    canary: CANARY,
    ...own,
  };
  const prober = new Prober(
    target,
    "1.0.0",
    new ProbeMetrics(registry),
    createLogger(stream, { serviceName: "probe" }, "info"),
    { approvedOf: () => undefined, toolNames: new ToolNames(), ...shared },
  );
  const metric = async (series: string) => sampleValue(series, await registry.metrics());
  return {
    probe: () => prober.probe(),
    lines,
    metric,
    steps: () => Promise.all(PROBE_STEPS.map((step) => metric(`mcp_probe_success{target="it",step="${step}"}`))),
  };
}
