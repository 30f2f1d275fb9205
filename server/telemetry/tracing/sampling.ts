/**
 * Head sampling of each call. All calls of a session share a trace id, so a ratio of trace ids would sample all calls of
 * a session or none. The context carries the decision as a {@link SamplingRecord}. Spans of a call that is not sampled
 * are still recorded: `buffer.ts` keeps them until the call's outcome is known.
 */
import { type Context, createContextKey, SamplingDecision, TraceFlags, trace } from "@opentelemetry/api";
import type { ReadableSpan, Sampler, SamplingResult } from "@opentelemetry/sdk-trace";
import { ratePerCaller } from "../caller-rate.ts";

/** The sampling decision of one call. It is made at the call's start and may change at its end. */
export interface SamplingRecord {
  sampled: boolean;
  /** Then no more spans are buffered. */
  outcomeKnown: boolean;
  /** Finished spans that wait for the call's outcome. */
  readonly buffered: ReadableSpan[];
}

const KEY = createContextKey("mcp sampling record");

export const withRecord = (context: Context, record: SamplingRecord): Context => context.setValue(KEY, record);

export const recordIn = (context: Context): SamplingRecord | undefined =>
  context.getValue(KEY) as SamplingRecord | undefined;

const SAMPLE: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED };
const RECORD: SamplingResult = { decision: SamplingDecision.RECORD };
const DROP: SamplingResult = { decision: SamplingDecision.NOT_RECORD };

/** Within a call, the call's decision applies. Elsewhere the parent's does; a span without a parent is sampled. */
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

/**
 * Decides at the start of a call whether it is sampled.
 *
 * @param toolName a registered name; undefined for other methods
 * @param parentSampled whether a trusted remote parent is sampled
 * @param caller who shares a rate of always sampled calls
 */
export type DecideSampling = (toolName: string | undefined, parentSampled: boolean, caller: string) => SamplingRecord;

/**
 * @param ratio share of tool calls, 0 to 1
 * @param firstCalls calls of each tool that are sampled before the ratio applies
 * @param alwaysPerSecond calls of one caller that are always sampled: methods other than tool calls, and calls with a
 * sampled parent. Beyond that rate, the ratio decides.
 */
export function callSampling(ratio: number, firstCalls: number, alwaysPerSecond: number): DecideSampling {
  const isWithinRate = ratePerCaller(alwaysPerSecond);
  const sampledFirst = new Map<string, number>();
  const isAmongFirst = (toolName: string) => {
    const count = sampledFirst.get(toolName) ?? 0;
    if (count >= firstCalls) return false;
    sampledFirst.set(toolName, count + 1);
    return true;
  };
  return (toolName, parentSampled, caller) => ({
    sampled:
      (toolName !== undefined && isAmongFirst(toolName)) ||
      ((toolName === undefined || parentSampled) && isWithinRate(caller)) ||
      Math.random() < ratio,
    outcomeKnown: false,
    buffered: [],
  });
}
