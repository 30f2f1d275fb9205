/** Bulkheads: a limited number of executions run, a limited number wait, and the rest are refused at once. */
import { BulkheadRejectedError, bulkhead } from "cockatiel";
import type { PipelineTelemetry } from "mcp-telemetry";
import type { Bulkhead } from "../contracts/tool.ts";
import { ToolFailure } from "./errors.ts";
import type { Middleware } from "./middleware.ts";

/**
 * @returns the middleware of a bulkhead: one for each name
 * @throws when a name comes with other limits than before
 */
export function bulkheads(telemetry: PipelineTelemetry): (limits: Bulkhead) => Middleware {
  const known = new Map<string, { readonly limits: Bulkhead; readonly middleware: Middleware }>();
  return (limits) => {
    const { name, running, queued } = limits;
    const found = known.get(name) ?? { limits, middleware: middlewareOf(limits, telemetry) };
    if (found.limits.running !== running || found.limits.queued !== queued) {
      throw new Error(`bulkhead "${name}" has different limits in different tools`);
    }
    known.set(name, found);
    return found.middleware;
  };
}

function middlewareOf(limits: Bulkhead, telemetry: PipelineTelemetry): Middleware {
  const policy = bulkhead(limits.running, limits.queued);
  const fields = { bulkhead: limits.name };
  let state: "free" | "queuing" | "full" = "free";
  const changeState = (next: typeof state) => {
    if (next === state) return;
    state = next;
    if (next !== "free") telemetry.degraded(`bulkhead ${next}`, fields);
  };
  telemetry.bulkhead(limits.name, limits.running, () => ({
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
        throw new ToolFailure("bulkhead_full", `too many calls of ${limits.name} at once: try again`);
      }
    },
  };
}
