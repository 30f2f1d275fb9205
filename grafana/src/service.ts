/** What "healthy" means on every board: whose calls count, and where a number turns red. */
import type { Outcome } from "../../server/telemetry/conventions.ts";

/** One name in three places: Prometheus' `job`, Loki's `service_name`, the traces' `service.name`. */
export const SERVER = "mcp-server";

/** The calls that the server answers for: `rejected` is the caller's doing, `cancelled` nobody's failure. */
export const SERVED = ["success", "error"] as const satisfies readonly Outcome[];

/** Where the alerts of `prometheus/rules/` fire, and where a budget counts as broken; yellow is half way there. */
export const LIMITS = { errorRatio: 0.05, p99Seconds: 2, probeSeconds: 0.5, overBudgetRatio: 0.01 } as const;

export const OUTCOME_COLOURS: Readonly<Record<Outcome, string>> = {
  success: "green",
  error: "red",
  rejected: "orange",
  cancelled: "blue",
};

/** Pino's levels, the loudest first. */
export const LEVEL_COLOURS = {
  fatal: "purple",
  error: "red",
  warn: "orange",
  info: "green",
  debug: "blue",
} as const;
