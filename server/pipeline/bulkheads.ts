/** A bulkhead for each group of tools: it limits how many calls run and how many wait, and refuses the rest at once. */
import { BulkheadRejectedError, bulkhead } from "cockatiel";
import type { PipelineTelemetry } from "../telemetry/index.ts";
import { ToolFailure } from "./errors.ts";
import type { Middleware } from "./middleware.ts";

export interface BulkheadLimits {
  /** Calls that may run at a time. */
  readonly running: number;
  /** Calls that may wait. */
  readonly queued: number;
}

/** @returns a function that finds the middleware of a group by its name */
export function bulkheads(
  groups: Readonly<Record<string, BulkheadLimits>>,
  telemetry: PipelineTelemetry,
): (group: string) => Middleware {
  const middlewares = new Map(
    Object.entries(groups).map(([name, limits]) => [name, bulkheadMiddleware(name, limits, telemetry)]),
  );
  return (group) => {
    const middleware = middlewares.get(group);
    if (middleware === undefined) throw new Error(`there is no bulkhead "${group}": see pipeline/groups.ts`);
    return middleware;
  };
}

function bulkheadMiddleware(group: string, limits: BulkheadLimits, telemetry: PipelineTelemetry): Middleware {
  const policy = bulkhead(limits.running, limits.queued);
  const fields = { bulkhead: group };
  let state: "free" | "queuing" | "full" = "free";
  const changeState = (next: typeof state) => {
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
    async handle({ deadline }, next) {
      if (policy.executionSlots > 0) changeState("free");
      else if (policy.queueSlots > 0) changeState("queuing");
      try {
        return await policy.execute(() => next(), deadline.signal);
      } catch (error) {
        if (!(error instanceof BulkheadRejectedError)) throw error;
        changeState("full");
        telemetry.event("bulkhead rejected", fields);
        throw new ToolFailure("bulkhead_full", `too many calls of ${group} at once: try again`);
      }
    },
  };
}
