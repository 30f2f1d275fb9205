/** A tool that asks the user something before it runs. */
import { z } from "zod";
import { defineTool } from "../contracts/tool.ts";

export const greet = defineTool({
  name: "greet",
  title: "Greet",
  description: "Asks the user for a name, and greets.",
  input: { salutation: z.string().max(40).default("Hello") },
  output: { greeting: z.string() },
  annotations: { readOnlyHint: true },
  // The user's time counts.
  budgetMs: 180_000,
  question: {
    message: ({ salutation }) => `${salutation}! What is your name?`,
    answer: { name: z.string().min(1).max(100) },
  },
  run: ({ salutation }, { answer }) => ({ greeting: `${salutation}, ${answer?.name ?? "stranger"}!` }),
});
