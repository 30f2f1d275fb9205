/** The tools that every variant serves: a small one, one that calls an HTTP API, and copies of the small one. */
import { z } from "zod";
import { defineTool, type Tool } from "../../../server/contracts/tool.ts";
import type { Dependency } from "../../../server/pipeline/dependency.ts";
import { add } from "../../../server/tools/add.ts";

const item = z.object({ sku: z.string(), name: z.string(), price_usd: z.number(), stock: z.number() });
const BULKHEAD = { name: "bench", running: 20, queued: 50 };

const lookup = (upstream: Dependency): Tool =>
  defineTool({
    name: "lookup",
    title: "Look up",
    description: "Calls an HTTP API.",
    input: { sku: z.string().min(1).max(64) },
    output: { item },
    annotations: { readOnlyHint: true },
    costUsd: 0.0001,
    bulkhead: BULKHEAD,
    run: async ({ sku }, { signal }) => ({
      item: item.parse(await upstream.getJson(`/items/${encodeURIComponent(sku)}`, signal)),
    }),
  });

export function benchTools(upstream: Dependency, count = Number(process.env.BENCH_TOOLS || 2)): readonly Tool[] {
  const copies = Array.from({ length: Math.max(0, count - 2) }, (_, index) => ({ ...add, name: `add_${index}` }));
  return [add, lookup(upstream), ...copies].slice(0, count);
}

/** Nothing but `fetch`. */
export const plainUpstream: Dependency = {
  getJson: async (path, signal) => (await fetch(new URL(path, process.env.BENCH_UPSTREAM_URL), { signal })).json(),
};
