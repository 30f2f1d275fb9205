/** What is compared. Each variant is one process with its own environment; nothing else differs. */

import { TUTORIAL } from "./servers/tutorial-variant.ts"; // template

export const LETTERS = [
  "a",
  "b", // template
  "c",
  "d",
  "e",
  "f",
] as const;
export type Letter = (typeof LETTERS)[number];

export interface Variant {
  readonly what: string;
  readonly preload?: string;
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}

const BENCH = "./dev/bench/servers";
const PRODUCT = { preload: "./server/telemetry/register.ts", program: `${BENCH}/this-server.ts` };
/** An agent of the bench is a runaway by design; its warnings are no part of a call. */
const CALM = { MCP_RUNAWAY_PER_MINUTE: "1000000" };

/** @param otlp base URL of the receiver */
export const variants = (otlp: string): Readonly<Record<Letter, Variant>> => {
  const traces = { OTEL_EXPORTER_OTLP_ENDPOINT: otlp };
  return {
    a: { what: "bare SDK and Express", program: `${BENCH}/bare.ts`, env: {} },
    b: { ...TUTORIAL, env: traces }, // template
    c: { what: "everything on, all sampled", ...PRODUCT, env: { ...CALM, ...traces, MCP_TRACE_SAMPLE_RATIO: "1" } },
    d: {
      what: "everything on, 10 % sampled",
      ...PRODUCT,
      env: { ...CALM, ...traces, MCP_TRACE_SAMPLE_RATIO: "0.1", MCP_TRACE_FIRST_CALLS: "0" },
    },
    e: { what: "no trace export", ...PRODUCT, env: CALM },
    f: {
      what: "no logs and metrics either",
      program: `${BENCH}/this-server.ts`,
      env: { ...CALM, BENCH_TELEMETRY: "0" },
    },
  };
};

/** A variant whose tools the bench chooses. */
export const withTools = (variant: Variant, count: number): Variant => ({
  ...variant,
  env: { ...variant.env, BENCH_TOOLS: String(count) },
});
