/** A tool with a dependency: asks the catalog's HTTP API. The trace goes on there by the outgoing `traceparent`. */
import { z } from "zod";
import { UpstreamError } from "../pipeline/upstream-error.ts";
import { defineTool, type Tool } from "./tool.ts";

const item = z.object({ sku: z.string(), name: z.string(), price_usd: z.number(), stock: z.number() });

/** @param catalogUrl base URL of the catalog */
export const lookupItem = (catalogUrl: string): Tool =>
  defineTool({
    name: "lookup_item",
    title: "Look up an item",
    description: "Finds an item of the catalog by its SKU.",
    input: { sku: z.string().min(1).max(64) },
    output: { item: item.nullable() },
    annotations: { readOnlyHint: true, openWorldHint: true },
    budgetMs: 1000,
    async run({ sku }, { signal }) {
      const response = await fetch(new URL(`/items/${encodeURIComponent(sku)}`, catalogUrl), { signal });
      if (response.status === 404) {
        await response.body?.cancel();
        return { item: null };
      }
      if (!response.ok) {
        await response.body?.cancel();
        throw new UpstreamError("catalog", response.status);
      }
      return { item: item.parse(await response.json()) };
    },
  });
