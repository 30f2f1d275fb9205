/** One bulkhead for each group of tools: so many run, so many wait, the rest is refused at once. */
import { BulkheadRejectedError, bulkhead } from "cockatiel";
import type { PipelineTelemetry } from "../telemetry/index.ts";
import type { Middleware } from "./middleware.ts";
import { ToolFailure } from "./tool-failure.ts";

export interface BulkheadLimits {
  /** Executions at a time. */
  readonly running: number;
  /** Executions that may wait. */
  readonly queued: number;
}

/** @returns the middleware of a group */
export function bulkheads(
  groups: Readonly<Record<string, BulkheadLimits>>,
  telemetry: PipelineTelemetry,
): (group: string) => Middleware {
  const middlewares = new Map(Object.entries(groups).map(([name, limits]) => [name, one(name, limits, telemetry)]));
  return (group) => {
    const middleware = middlewares.get(group);
    if (middleware === undefined) throw new Error(`there is no bulkhead "${group}": see pipeline/groups.ts`);
    return middleware;
  };
}

function one(group: string, limits: BulkheadLimits, telemetry: PipelineTelemetry): Middleware {
  const policy = bulkhead(limits.running, limits.queued);
  const fields = { bulkhead: group };
  let state: "free" | "queuing" | "full" = "free";
  const becomes = (next: typeof state) => {
    if (next === state) return;
    state = next;
    if (next !== "free") telemetry.degraded(`bulkhead ${next}`, fields);
  };
  telemetry.bulkhead(group, limits.running, () => ({
    running: limits.running - policy.executionSlots,
    queued: limits.queued - policy.queueSlots,
  }));
  return {
    name: "bulkhead",
    priority: 50,
    async around({ deadline }, next) {
      if (policy.executionSlots > 0) becomes("free");
      else if (policy.queueSlots > 0) becomes("queuing");
      try {
        return await policy.execute(() => next(), deadline.signal);
      } catch (error) {
        if (!(error instanceof BulkheadRejectedError)) throw error;
        becomes("full");
        telemetry.event("bulkhead rejected", fields);
        throw new ToolFailure("bulkhead_full", `too many calls of ${group} at once: try again`);
      }
    },
  };
}
