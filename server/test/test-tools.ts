/** Tools that tests make fail: one by itself, one by the HTTP service that it asks. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { defineTool, type Tool } from "../contracts/tool.ts";
import type { Dependency } from "../pipeline/dependency.ts";
import { UpstreamError } from "../pipeline/errors.ts";

export const fault = defineTool({
  name: "fault",
  title: "Fault",
  description: "Fails in the way that its argument names.",
  input: {
    mode: z.enum(["slow", "deaf", "error", "hang", "malformed", "oversized", "rate_limit"]),
    ms: z.number().optional(),
    bytes: z.number().optional(),
  },
  output: { text: z.string() },
  annotations: { readOnlyHint: true },
  timeoutMs: 10_000,
  async run({ mode, ms = 3000, bytes = 1_000_000 }, { signal }) {
    switch (mode) {
      case "slow":
        await sleep(ms, undefined, { signal });
        return { text: "slow, but done" };
      case "deaf":
        await sleep(ms);
        return { text: "did not hear the signal" };
      case "error":
        throw new Error("fault was asked to fail");
      case "hang":
        return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      case "malformed":
        return { text: 42 } as unknown as { text: string };
      case "oversized":
        return { text: "x".repeat(bytes) };
      case "rate_limit":
        throw new UpstreamError("fault", 429);
    }
  },
});

const item = z.object({ sku: z.string() });

export const askUpstream = (upstream: Dependency, timeoutMs = 3000): Tool =>
  defineTool({
    name: "ask_upstream",
    title: "Ask upstream",
    description: "Asks an HTTP service for an item.",
    input: { sku: z.string() },
    output: { item },
    annotations: { readOnlyHint: true, openWorldHint: true },
    budgetMs: 1000,
    timeoutMs,
    costUsd: 0.0001,
    bulkhead: { name: "upstream", running: 20, queued: 50 },
    async run({ sku }, { signal }) {
      return { item: item.parse(await upstream.getJson(`/items/${encodeURIComponent(sku)}`, signal)) };
    },
  });
