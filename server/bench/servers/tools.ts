/** The tools that every variant serves, and copies of the small one where a curve asks for many. */
import type { Dependency } from "../../pipeline/dependency.ts";
import { add } from "../../tools/add.ts";
import { lookupItem } from "../../tools/lookup-item.ts";
import type { Tool } from "../../tools/tool.ts";

/** @param count 2 or fewer: the two of the product */
export function benchTools(catalog: Dependency, count = Number(process.env.BENCH_TOOLS || 2)): readonly Tool[] {
  const copies = Array.from({ length: Math.max(0, count - 2) }, (_, index) => ({ ...add, name: `add_${index}` }));
  return [add, lookupItem(catalog), ...copies].slice(0, count);
}

/** Nothing but `fetch`. */
export const plainCatalog: Dependency = {
  get: (path, signal) => fetch(new URL(path, process.env.CATALOG_URL), { signal }),
};
