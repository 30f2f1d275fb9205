/** What the tool pipeline measures: deadlines, cost, breakers, bulkheads, runaway agents. Gauges are read at scrape. */
import { METRICS } from "../conventions.ts";
import { counter, gauge } from "./define.ts";
import type { MetricsRegistry } from "./registry.ts";

/** How full a bulkhead is. */
export interface BulkheadLoad {
  readonly running: number;
  readonly queued: number;
}

export class PipelineMetrics {
  readonly #breakers = new Map<string, () => boolean>();
  readonly #bulkheads = new Map<string, { limit: number; load: () => BulkheadLoad }>();
  readonly #late;
  readonly #timeout;
  readonly #runaway;
  readonly #failures;

  constructor(registry: MetricsRegistry) {
    this.#late = counter(registry, METRICS.toolLateCompletions);
    this.#timeout = gauge(registry, METRICS.toolTimeout);
    this.#runaway = counter(registry, METRICS.runawayEpisodes);
    this.#failures = counter(registry, METRICS.middlewareFailures);
    gauge(registry, METRICS.circuitBreakerOpen, (metric) => {
      for (const [dependency, isOpen] of this.#breakers) metric.set({ dependency }, isOpen() ? 1 : 0);
    });
    gauge(registry, METRICS.bulkheadRunning, (metric) => {
      for (const [bulkhead, { load }] of this.#bulkheads) metric.set({ bulkhead }, load().running);
    });
    gauge(registry, METRICS.bulkheadQueued, (metric) => {
      for (const [bulkhead, { load }] of this.#bulkheads) metric.set({ bulkhead }, load().queued);
    });
    gauge(registry, METRICS.bulkheadLimit, (metric) => {
      for (const [bulkhead, { limit }] of this.#bulkheads) metric.set({ bulkhead }, limit);
    });
  }

  introduce(tool_name: string, timeoutMs: number): void {
    this.#timeout.set({ tool_name }, timeoutMs / 1000);
    this.#late.inc({ tool_name }, 0);
    this.#runaway.inc({ tool_name }, 0);
  }

  lateCompletion(tool_name: string): void {
    this.#late.inc({ tool_name });
  }

  runaway(tool_name: string): void {
    this.#runaway.inc({ tool_name });
  }

  middlewareFailed(middleware: string): void {
    this.#failures.inc({ middleware });
  }

  breaker(dependency: string, isOpen: () => boolean): void {
    this.#breakers.set(dependency, isOpen);
  }

  bulkhead(bulkhead: string, limit: number, load: () => BulkheadLoad): void {
    this.#bulkheads.set(bulkhead, { limit, load });
  }
}
