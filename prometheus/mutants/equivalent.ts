/** Mutants that no test can catch, because they mean the same, each with the reason. */
export const EQUIVALENT: Readonly<Record<string, string>> = {};
