/**
 * Head sampling, decided per call: all calls of a session share a trace id, so a ratio of trace ids would
 * sample whole sessions. The decision travels in the context as a {@link SamplingRecord}; spans of a call that
 * is not sampled are still recorded, and buffered by `buffer.ts` until the call's outcome is known.
 */
import { type Context, createContextKey, SamplingDecision, TraceFlags, trace } from "@opentelemetry/api";
import type { ReadableSpan, Sampler, SamplingResult } from "@opentelemetry/sdk-trace";

/** The sampling of one call: decided at its start, perhaps revised at its outcome. */
export interface SamplingRecord {
  sampled: boolean;
  /** Whether the outcome is known, so that nothing need be buffered any more. */
  settled: boolean;
  /** Finished spans that wait for the outcome. */
  readonly waiting: ReadableSpan[];
}

const KEY = createContextKey("mcp sampling record");

export const withRecord = (context: Context, record: SamplingRecord): Context => context.setValue(KEY, record);

export const recordIn = (context: Context): SamplingRecord | undefined =>
  context.getValue(KEY) as SamplingRecord | undefined;

const SAMPLE: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED };
const RECORD: SamplingResult = { decision: SamplingDecision.RECORD };
const DROP: SamplingResult = { decision: SamplingDecision.NOT_RECORD };

/** Inside a call: the call's decision. Elsewhere: the parent's flag; a root is sampled. */
export const callSampler: Sampler = {
  shouldSample(context) {
    const record = recordIn(context);
    if (record !== undefined) return record.sampled ? SAMPLE : RECORD;
    const parent = trace.getSpanContext(context);
    if (parent === undefined || !trace.isSpanContextValid(parent)) return SAMPLE;
    return parent.traceFlags & TraceFlags.SAMPLED ? SAMPLE : DROP;
  },
  toString: () => "McpCallSampler",
};

/** Decides at a call's start whether it is sampled. */
export class SamplingPolicy {
  readonly #ratio: number;
  readonly #firstCalls: number;
  readonly #seen = new Map<string, number>();

  /**
   * @param ratio share of tool calls, 0 to 1
   * @param firstCalls calls of each tool that are sampled before the ratio counts
   */
  constructor(ratio: number, firstCalls: number) {
    this.#ratio = ratio;
    this.#firstCalls = firstCalls;
  }

  /**
   * @param toolName name from the closed set of tools; undefined for every other method, which is cheap
   * @param parentSampled whether a trusted remote parent is sampled
   */
  decide(toolName: string | undefined, parentSampled: boolean): SamplingRecord {
    return {
      sampled: toolName === undefined || this.#first(toolName) || parentSampled || Math.random() < this.#ratio,
      settled: false,
      waiting: [],
    };
  }

  #first(toolName: string): boolean {
    const seen = this.#seen.get(toolName) ?? 0;
    if (seen >= this.#firstCalls) return false;
    this.#seen.set(toolName, seen + 1);
    return true;
  }
}
