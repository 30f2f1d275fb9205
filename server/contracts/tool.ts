/**
 * What a tool is: a name, zod schemas, a budget, a handler. `tools/index.ts` is the list; nothing else registers
 * one.
 */
import type { ToolAnnotations } from "@modelcontextprotocol/sdk/types.js";
import type { z } from "zod";

type Shape = z.ZodRawShape;

export interface ToolContext {
  /** Fires when the client cancels the call or its time is up. */
  readonly signal: AbortSignal;
}

/** Limits of the calls that share it. */
export interface Bulkhead {
  /** As in metrics. Tools that name the same bulkhead share its places, and must give it the same limits. */
  readonly name: string;
  /** Executions at a time. */
  readonly running: number;
  /** Executions that may wait; further ones are refused. */
  readonly queued: number;
}

export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Shape;
  /** The shape of what `run` returns; it is the structured content of the answer. */
  readonly output: Shape;
  readonly annotations?: ToolAnnotations;
  /** Milliseconds within which a call counts as fast enough; `MCP_TRACE_SLOW_MS` where it is not said. */
  readonly budgetMs?: number;
  /** Milliseconds after which a call is given up: its signal fires and the caller is answered; 15,000 unless said. */
  readonly timeoutMs?: number;
  /** Bytes of the result as JSON above which it is refused; 1 MiB unless said. */
  readonly maxOutputBytes?: number;
  /** What a call is estimated to cost, in US dollars: fixed, or computed from the answer. */
  readonly costUsd?: number | ((answer: unknown) => number);
  /** The bulkhead it runs in; without one, its executions are not limited. */
  readonly bulkhead?: Bulkhead;
  readonly run: (args: never, context: ToolContext) => unknown;
}

/** Types a tool's handler by its schemas. */
export const defineTool = <I extends Shape, O extends Shape>(
  tool: Omit<Tool, "input" | "output" | "run"> & {
    readonly input: I;
    readonly output: O;
    readonly run: (
      args: z.infer<z.ZodObject<I>>,
      context: ToolContext,
    ) => z.input<z.ZodObject<O>> | Promise<z.input<z.ZodObject<O>>>;
  },
): Tool => tool;
