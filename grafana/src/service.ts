/** What all boards agree on: which calls count, where a number turns red, and the colours of outcomes and levels. */
import type { Outcome } from "mcp-telemetry/conventions";

/** The name of the server in all signals: Prometheus' `job`, Loki's `service_name`, the traces' `service.name`. */
export const SERVER = "mcp-server";

/** The outcomes that count for the error ratio: `rejected` is the caller's error, `cancelled` is no failure. */
export const SERVED = ["success", "error"] as const satisfies readonly Outcome[];

/** The thresholds of the alerts in `prometheus/rules/`, and that of the time budget. Panels turn yellow at half of them. */
export const LIMITS = { errorRatio: 0.05, p99Seconds: 2, probeSeconds: 0.5, overBudgetRatio: 0.01 } as const;

export const OUTCOME_COLOURS: Readonly<Record<Outcome, string>> = {
  success: "green",
  error: "red",
  rejected: "orange",
  cancelled: "blue",
};

/** Pino's levels, the most severe first. */
export const LEVEL_COLOURS = {
  fatal: "purple",
  error: "red",
  warn: "orange",
  info: "green",
  debug: "blue",
} as const;
