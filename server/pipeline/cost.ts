/** Records the estimated cost of a call, in US dollars. */
import type { Middleware } from "./middleware.ts";

/** @param costUsd fixed, or computed from a successful call's result @param record called with the cost */
export const cost = (costUsd: number | ((result: unknown) => number), record: (usd: number) => void): Middleware => ({
  name: "cost",
  priority: 40,
  async handle(_execution, next) {
    if (typeof costUsd === "number") record(costUsd);
    const result = await next();
    if (typeof costUsd === "function") record(costUsd(result));
    return result;
  },
});
