/** Puts the chain of each tool together, once, and runs executions through it. */
import { randomUUID } from "node:crypto";
import type { Tool } from "../contracts/tool.ts";
import type { PipelineTelemetry } from "../telemetry/index.ts";
import { bulkheads } from "./bulkheads.ts";
import { cost } from "./cost.ts";
import { compose, type Middleware } from "./middleware.ts";
import { outputLimit } from "./output-limit.ts";
import { runaway } from "./runaway.ts";
import { timeout } from "./timeout.ts";

/** Milliseconds, where a tool does not say. */
const TIMEOUT_MS = 15_000;
/** Bytes, where a tool does not say. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** @param session the same object for all calls of a session @param signal fires when the client cancels */
export type Run = (
  session: object,
  args: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
) => Promise<{ structuredContent: Record<string, unknown>; content: { type: "text"; text: string }[] }>;

/** @param runawayPerMinute calls of one tool in one session that make an agent a runaway */
export function pipeline(runawayPerMinute: number, telemetry: PipelineTelemetry): (tool: Tool) => Run {
  const bulkhead = bulkheads(telemetry);
  const watch = runaway(runawayPerMinute, (tool, calls) => telemetry.runaway(tool, calls));
  return (tool) => {
    const { name, timeoutMs = TIMEOUT_MS, maxOutputBytes = MAX_OUTPUT_BYTES } = tool;
    telemetry.introduce(name, { budgetMs: tool.budgetMs, timeoutMs });
    const chain: Middleware[] = [
      watch,
      outputLimit(maxOutputBytes),
      timeout(timeoutMs, () => telemetry.lateCompletion(name)),
    ];
    if (tool.costUsd !== undefined) chain.push(cost(tool.costUsd, (usd) => telemetry.cost(usd)));
    if (tool.bulkhead !== undefined) chain.push(bulkhead(tool.bulkhead));
    const through = compose(chain, (middleware, error) => telemetry.middlewareFailed(middleware, error));

    return (session, args, cancelled) => {
      const deadline = new AbortController();
      const execution = {
        tool: name,
        session,
        callId: randomUUID(),
        argumentNames: Object.keys(args),
        cancelled,
        deadline,
      };
      return through(execution, async () => {
        const structuredContent = (await tool.run(args as never, { signal: deadline.signal })) as Record<
          string,
          unknown
        >;
        return { structuredContent, content: [{ type: "text", text: JSON.stringify(structuredContent) }] };
      });
    };
  };
}
