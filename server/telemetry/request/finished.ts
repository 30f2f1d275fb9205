/** A request at its end: what its sample, its line and its span are made from. */
import type { Call } from "./call.ts";
import type { Verdict } from "./outcome.ts";

export interface ToolMeasures {
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly budgetMs: number;
  readonly timeoutMs: number | undefined;
}

export interface Finished {
  readonly call: Call;
  readonly verdict: Verdict;
  readonly durationMs: number;
  /** Only on tools/call. */
  readonly tool?: ToolMeasures;
  /** Set when the span is sampled. */
  readonly traceId: string | undefined;
}
