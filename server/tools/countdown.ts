/** A tool that takes time: it reports progress, and stops when the client cancels. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { defineTool } from "../contracts/tool.ts";

const STEP_MS = 100;

export const countdown = defineTool({
  name: "countdown",
  title: "Count down",
  description: "Counts down to zero, ten steps a second.",
  input: { from: z.number().int().min(1).max(100) },
  output: { steps: z.number() },
  annotations: { readOnlyHint: true },
  budgetMs: 12_000,
  timeoutMs: 15_000,
  async run({ from }, { signal, progress }) {
    for (let done = 1; done <= from; done += 1) {
      await sleep(STEP_MS, undefined, { signal });
      progress(done, from);
    }
    return { steps: from };
  },
});
