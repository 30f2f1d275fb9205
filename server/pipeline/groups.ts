/** The bulkheads there are; a tool names its own by `group`. */
import type { BulkheadLimits } from "./bulkheads.ts";

export const GROUPS: Readonly<Record<string, BulkheadLimits>> = {
  // demo:
  catalog: { running: 20, queued: 50 },
  // :demo
};
