/** The bulkheads. A tool chooses one with `group`. */
import type { BulkheadLimits } from "./bulkheads.ts";

export const GROUPS: Readonly<Record<string, BulkheadLimits>> = {
  // demo:
  catalog: { running: 20, queued: 50 },
  // :demo
};
