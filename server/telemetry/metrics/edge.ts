/** The metrics of the HTTP listener of MCP: refused requests and open event streams. */
import { METRICS, REJECTION_REASONS, type RejectionReason } from "../conventions.ts";
import { counter, gauge } from "./define.ts";
import type { MetricsRegistry } from "./registry.ts";

export class EdgeMetrics {
  readonly #rejections;
  #streams = 0;

  constructor(registry: MetricsRegistry) {
    this.#rejections = counter(registry, METRICS.httpRejections);
    for (const reason of REJECTION_REASONS) this.#rejections.inc({ reason }, 0);
    gauge(registry, METRICS.openStreams, (metric) => metric.set(this.#streams));
  }

  rejected(reason: RejectionReason): void {
    this.#rejections.inc({ reason });
  }

  /** @returns a function to call when the stream closes */
  streamOpened(): () => void {
    this.#streams += 1;
    return () => {
      this.#streams -= 1;
    };
  }
}
