/** What a call is estimated to cost, in US dollars: fixed, or computed from its arguments and result. */
import type { Middleware } from "./middleware.ts";

/** @param costUsd of the result; a failed call has none unless the cost is fixed @param note takes the dollars */
export const cost = (costUsd: number | ((result: unknown) => number), note: (usd: number) => void): Middleware => ({
  name: "cost",
  priority: 40,
  async around(_execution, next) {
    if (typeof costUsd === "number") note(costUsd);
    const result = await next();
    if (typeof costUsd === "function") note(costUsd(result));
    return result;
  },
});
