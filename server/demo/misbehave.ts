/** A tool that fails on demand, so that every signal can be seen. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { defineTool } from "../contracts/tool.ts";
import { UpstreamError } from "../pipeline/errors.ts";

const MAX_BYTES = 50_000_000;

export const misbehave = defineTool({
  name: "misbehave",
  title: "Misbehave",
  description: "Fails in the way you ask for: slow, error, hang, malformed, oversized or rate_limit.",
  input: {
    mode: z.enum(["slow", "error", "hang", "malformed", "oversized", "rate_limit"]),
    ms: z.number().int().min(0).max(600_000).optional().describe("slow: how long"),
    bytes: z.number().int().min(0).max(MAX_BYTES).optional().describe("oversized: how much"),
  },
  output: { text: z.string() },
  timeoutMs: 10_000,
  async run({ mode, ms = 3000, bytes = 1_000_000 }, { signal }) {
    switch (mode) {
      case "slow":
        await sleep(ms, undefined, { signal });
        return { text: "slow, but done" };
      case "error":
        throw new Error("misbehave was asked to fail");
      case "hang":
        return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      case "malformed":
        return { text: 42 } as unknown as { text: string };
      case "oversized":
        return { text: "x".repeat(bytes) };
      case "rate_limit":
        throw new UpstreamError("misbehave", 429);
    }
  },
});
