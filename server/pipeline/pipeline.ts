/** Builds the chain of middlewares of each tool once, and runs the tool's calls through it. */
import { randomUUID } from "node:crypto";
import type { PipelineTelemetry } from "mcp-telemetry";
import type { Tool, ToolContext } from "../contracts/tool.ts";
import { bulkheads } from "./bulkheads.ts";
import { cost } from "./cost.ts";
import { compose, type Middleware } from "./middleware.ts";
import { outputLimit } from "./output-limit.ts";
import { runaway } from "./runaway.ts";
import { timeout } from "./timeout.ts";

/** For a tool without `timeoutMs`. */
const DEFAULT_TIMEOUT_MS = 15_000;
/** For a tool without `maxOutputBytes`. */
const DEFAULT_MAX_OUTPUT_BYTES = 1024 * 1024;

/** @param caller the same object for all calls of a caller @param context its signal aborts when the client cancels */
export type Run = (
  caller: object,
  args: Readonly<Record<string, unknown>>,
  context: ToolContext,
) => Promise<{ structuredContent: Record<string, unknown>; content: { type: "text"; text: string }[] }>;

/** @param runawayPerMinute calls of one tool by one caller in a minute; more are reported as a runaway agent */
export function pipeline(runawayPerMinute: number, telemetry: PipelineTelemetry): (tool: Tool) => Run {
  const bulkheadOf = bulkheads(telemetry);
  const runawayDetector = runaway(runawayPerMinute, (tool, calls) => telemetry.runaway(tool, calls));
  return (tool) => {
    const { name, timeoutMs = DEFAULT_TIMEOUT_MS, maxOutputBytes = DEFAULT_MAX_OUTPUT_BYTES } = tool;
    telemetry.registerTool(name, { budgetMs: tool.budgetMs, timeoutMs });
    const chain: Middleware[] = [
      runawayDetector,
      outputLimit(maxOutputBytes),
      timeout(timeoutMs, () => telemetry.lateCompletion(name)),
    ];
    if (tool.costUsd !== undefined) chain.push(cost(tool.costUsd, (usd) => telemetry.cost(usd)));
    if (tool.bulkhead !== undefined) chain.push(bulkheadOf(tool.bulkhead));
    const runThrough = compose(chain, (middleware, error) => telemetry.middlewareFailed(middleware, error));

    return (caller, args, { signal: cancelled, progress, answer }) => {
      const deadline = new AbortController();
      const { signal } = deadline;
      const context: ToolContext = {
        signal,
        progress: (done, total) => {
          if (!signal.aborted) progress(done, total);
        },
        answer,
      };
      const execution = {
        tool: name,
        caller,
        callId: randomUUID(),
        argumentNames: Object.keys(args),
        cancelled,
        deadline,
      };
      return runThrough(execution, async () => {
        const result = await tool.run(args as never, context as ToolContext<never>);
        const structuredContent = result as Record<string, unknown>;
        return { structuredContent, content: [{ type: "text", text: JSON.stringify(structuredContent) }] };
      });
    };
  };
}
