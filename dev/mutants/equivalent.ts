/** Mutants that no test can catch because they are equivalent to the rule, each with the reason. */
export const EQUIVALENT: Readonly<Record<string, string>> = {
  "MCPServerIdle: sum by (job) → max by (job) ":
    "an increase is never negative: the sum is 0 exactly when the largest is",
};
