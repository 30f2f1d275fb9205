/** The compared variants. Each is a server process; they differ in their program and environment only. */

import { TUTORIAL } from "./servers/tutorial-variant.ts"; // template

export const LETTERS = [
  "a",
  "b", // template
  "c",
  "d",
  "e",
  "f",
  "g",
  "h",
  "i",
  "j",
] as const;
export type Letter = (typeof LETTERS)[number];

export interface Variant {
  readonly title: string;
  /** Another checkout of the project, whose files run; this one unless said. */
  readonly directory?: string;
  readonly preload?: string;
  /** Both are paths below `directory`. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  /** Called by a client of revision 2026-07-28, which has no sessions. */
  readonly stateless?: true;
}

const SERVERS = "./dev/bench/servers";
const THIS_SERVER = { preload: "./server/telemetry/register.ts", program: `${SERVERS}/this-server.ts` };
/** The bench is one caller, which sends more, in more sessions, than any caller may by default. */
const ONE_BUSY_CALLER = {
  MCP_RUNAWAY_PER_MINUTE: "1000000",
  MCP_MAX_MESSAGES_PER_SECOND: "1000000",
  MCP_MAX_SESSIONS: "20000",
  MCP_MAX_SESSIONS_PER_CALLER: "20000",
};

/** @param otlp base URL of the receiver */
export const variants = (otlp: string): Readonly<Record<Letter, Variant>> => {
  const traces = { OTEL_EXPORTER_OTLP_ENDPOINT: otlp };
  return {
    a: { title: "bare SDK and Express", program: `${SERVERS}/bare.ts`, env: {} },
    b: { ...TUTORIAL, env: traces }, // template
    c: {
      title: "everything on, all sampled",
      ...THIS_SERVER,
      env: { ...ONE_BUSY_CALLER, ...traces, MCP_TRACE_SAMPLE_RATIO: "1" },
    },
    d: {
      title: "everything on, 10 % sampled",
      ...THIS_SERVER,
      env: { ...ONE_BUSY_CALLER, ...traces, MCP_TRACE_SAMPLE_RATIO: "0.1", MCP_TRACE_FIRST_CALLS: "0" },
    },
    e: { title: "no trace export", ...THIS_SERVER, env: ONE_BUSY_CALLER },
    f: {
      title: "no logs and metrics either",
      program: `${SERVERS}/this-server.ts`,
      env: { ...ONE_BUSY_CALLER, BENCH_TELEMETRY: "0" },
    },
    g: {
      title: "as (c), called without sessions",
      ...THIS_SERVER,
      env: { ...ONE_BUSY_CALLER, ...traces, MCP_TRACE_SAMPLE_RATIO: "1" },
      stateless: true,
    },
    h: {
      title: "bare SDK 2 and Express, called without sessions",
      program: `${SERVERS}/bare-2.ts`,
      env: {},
      stateless: true,
    },
    i: { title: "(a) again: the control", program: `${SERVERS}/bare.ts`, env: {} },
    j: {
      title: "(a) with the preload, all sampled",
      preload: THIS_SERVER.preload,
      program: `${SERVERS}/bare.ts`,
      env: { ...traces, MCP_TRACE_SAMPLE_RATIO: "1" },
    },
  };
};

/** The same variant with `count` tools. */
export const withTools = (variant: Variant, count: number): Variant => ({
  ...variant,
  env: { ...variant.env, BENCH_TOOLS: String(count) },
});
