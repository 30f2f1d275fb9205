/** The type of a tool: a name, zod schemas, limits and a handler. `tools/index.ts` lists all tools. */
import type { ToolAnnotations } from "@modelcontextprotocol/sdk/types.js";
import type { z } from "zod";

type Shape = z.ZodRawShape;

export interface ToolContext<Answer = unknown> {
  /** Aborts when the client cancels the call, and at the tool's timeout. */
  readonly signal: AbortSignal;
  /**
   * Tells the client how far the call is. Has no effect when the client did not ask for it, or the call has ended.
   *
   * @param done must grow from one report to the next @param total in the same unit, if it is known
   */
  readonly progress: (done: number, total?: number) => void;
  /** The answer to the tool's question. Undefined when the user declined, and for a tool that asks nothing. */
  readonly answer: Answer | undefined;
}

/** What a tool asks the user before it runs. The time that the user takes does not count towards the tool's timeout. */
export interface Question {
  readonly message: (args: never) => string;
  /** The fields of the answer: texts, numbers, booleans and enumerations. */
  readonly answer: Shape;
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
  /** The shape of what `run` returns, which is the structured content of the result. */
  readonly output: Shape;
  readonly annotations?: ToolAnnotations;
  /** Milliseconds. A slower call counts as over budget. The default is `MCP_TRACE_SLOW_MS`. */
  readonly budgetMs?: number;
  /** Milliseconds. Then the signal aborts and the caller gets an error. The default is 15,000. */
  readonly timeoutMs?: number;
  /** Bytes of the result as JSON. A larger result is refused. The default is 1 MiB. */
  readonly maxOutputBytes?: number;
  /** The estimated cost of a call in US dollars: fixed, or computed from the result. */
  readonly costUsd?: number | ((result: unknown) => number);
  /** The bulkhead in which the tool runs. Without one, its calls are not limited. */
  readonly bulkhead?: Bulkhead;
  readonly question?: Question;
  readonly run: (args: never, context: ToolContext<never>) => unknown;
}

/** Checks the types of a tool's handler against its schemas. */
export const defineTool = <I extends Shape, O extends Shape, A extends Shape>(
  tool: Omit<Tool, "input" | "output" | "question" | "run"> & {
    readonly input: I;
    readonly output: O;
    readonly question?: { readonly message: (args: z.infer<z.ZodObject<I>>) => string; readonly answer: A };
    readonly run: (
      args: z.infer<z.ZodObject<I>>,
      context: ToolContext<z.infer<z.ZodObject<A>>>,
    ) => z.input<z.ZodObject<O>> | Promise<z.input<z.ZodObject<O>>>;
  },
): Tool => tool;
