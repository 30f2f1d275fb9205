/** The smallest tool. Copy this file to start your own. */
import { z } from "zod";
import { defineTool } from "../contracts/tool.ts";
import { InvalidArgument } from "../pipeline/errors.ts";

export const add = defineTool({
  name: "add",
  title: "Add",
  description: "Adds two numbers.",
  input: { a: z.number(), b: z.number() },
  output: { sum: z.number() },
  annotations: { readOnlyHint: true },
  budgetMs: 100,
  costUsd: 0,
  run({ a, b }) {
    const sum = a + b;
    if (!Number.isFinite(sum)) throw new InvalidArgument("the sum is too large for a number");
    return { sum };
  },
});
