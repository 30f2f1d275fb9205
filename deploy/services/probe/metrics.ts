/** The metrics of the probe, per target. A step that was not reached has no series: it neither passed nor failed. */

import type { MetricsRegistry } from "mcp-telemetry";
import { counter, gauge } from "mcp-telemetry";
import {
  PROBE_CHANGES,
  PROBE_METRICS,
  PROBE_REASONS,
  PROBE_STEPS,
  PROBE_SUSPICIONS,
  type ProbeStep,
} from "mcp-telemetry/conventions";
import type { ProbeFailure } from "./failure.ts";
import type { Reviewed } from "./review.ts";
import type { Negotiated } from "./session.ts";

export class ProbeMetrics {
  readonly success;
  readonly duration;
  readonly failures;
  readonly tools;
  readonly approved;
  readonly changes;
  readonly suspicions;
  readonly certificateExpiry;
  readonly lastSuccess;
  readonly info;

  constructor(registry: MetricsRegistry) {
    this.success = gauge(registry, PROBE_METRICS.success);
    this.duration = gauge(registry, PROBE_METRICS.duration);
    this.failures = counter(registry, PROBE_METRICS.failures);
    this.tools = gauge(registry, PROBE_METRICS.tools);
    this.approved = gauge(registry, PROBE_METRICS.approved);
    this.changes = gauge(registry, PROBE_METRICS.changes);
    this.suspicions = gauge(registry, PROBE_METRICS.suspicions);
    this.certificateExpiry = gauge(registry, PROBE_METRICS.certificateExpiry);
    this.lastSuccess = gauge(registry, PROBE_METRICS.lastSuccess);
    this.info = gauge(registry, PROBE_METRICS.info);
  }
}

export class TargetMetrics {
  readonly #metrics: ProbeMetrics;
  readonly #target: string;
  #negotiated: Readonly<Record<string, string>> | undefined;

  constructor(metrics: ProbeMetrics, target: string) {
    this.#metrics = metrics;
    this.#target = target;
    metrics.lastSuccess.set({ target }, 0);
    for (const step of PROBE_STEPS) {
      for (const reason of PROBE_REASONS) metrics.failures.inc({ target, step, reason }, 0);
    }
  }

  passed(step: ProbeStep, seconds: number): void {
    this.#metrics.success.set({ target: this.#target, step }, 1);
    this.#metrics.duration.set({ target: this.#target, step }, seconds);
  }

  failed(step: ProbeStep, seconds: number, { reason }: ProbeFailure): void {
    this.#metrics.success.set({ target: this.#target, step }, 0);
    this.#metrics.duration.set({ target: this.#target, step }, seconds);
    this.#metrics.failures.inc({ target: this.#target, step, reason });
    for (const unreached of PROBE_STEPS.slice(PROBE_STEPS.indexOf(step) + 1)) {
      this.#metrics.success.remove({ target: this.#target, step: unreached });
      this.#metrics.duration.remove({ target: this.#target, step: unreached });
    }
  }

  certificate(expiresAt: Date): void {
    this.#metrics.certificateExpiry.set({ target: this.#target }, expiresAt.getTime() / 1000);
  }

  negotiated({ method, protocolVersion }: Negotiated): void {
    if (this.#negotiated !== undefined) this.#metrics.info.remove(this.#negotiated);
    this.#negotiated = { target: this.#target, protocol_version: protocolVersion, mcp_method_name: method };
    this.#metrics.info.set(this.#negotiated, 1);
  }

  reviewed({ tools, approved, changes, suspicions }: Reviewed): void {
    const target = this.#target;
    this.#metrics.tools.set({ target }, tools);
    this.#metrics.approved.set({ target }, approved ? 1 : 0);
    for (const kind of PROBE_CHANGES) {
      this.#metrics.changes.set({ target, kind }, changes.filter((change) => change.kind === kind).length);
    }
    for (const kind of PROBE_SUSPICIONS) {
      this.#metrics.suspicions.set({ target, kind }, suspicions.filter((found) => found.kind === kind).length);
    }
  }

  succeeded(): void {
    this.#metrics.lastSuccess.set({ target: this.#target }, Date.now() / 1000);
  }
}
