/** A tool with a dependency: asks the catalog's HTTP API. The trace goes on there by the outgoing `traceparent`. */
import { z } from "zod";
import { defineTool, type Tool } from "../contracts/tool.ts";
import type { Dependency } from "../pipeline/dependency.ts";

const item = z.object({ sku: z.string(), name: z.string(), price_usd: z.number(), stock: z.number() });

export const lookupItem = (catalog: Dependency): Tool =>
  defineTool({
    name: "lookup_item",
    title: "Look up an item",
    description: "Finds an item of the catalog by its SKU.",
    // `.` is left out: the SKU is a part of the path of a URL, where `..` has a meaning.
    input: {
      sku: z
        .string()
        .max(64)
        .regex(/^[A-Za-z0-9_-]+$/),
    },
    output: { item: item.nullable() },
    annotations: { readOnlyHint: true, openWorldHint: true },
    budgetMs: 1000,
    timeoutMs: 3000,
    costUsd: 0.0001,
    bulkhead: { name: "catalog", running: 20, queued: 50 },
    async run({ sku }, { signal }) {
      const found = await catalog.getJson(`/items/${encodeURIComponent(sku)}`, signal);
      return { item: found === undefined ? null : item.parse(found) };
    },
  });
