/**
 * What a process has once, whichever copies of this package it has loaded: the preload may be one, and a bundle may hold
 * another.
 */
import type { Recorder } from "./inspect/recorder.ts";
import type { inspector } from "./inspect/serve.ts";
import type { pushLogs } from "./push/logs.ts";
import type { pushMetrics } from "./push/metrics.ts";
import type { Telemetry } from "./telemetry.ts";
import type { Tracing } from "./tracing/tracing.ts";

export interface StartedTracing {
  readonly tracing: Tracing;
  /** The data of the inspector. Undefined when the inspector is off: then none of its modules is loaded. */
  readonly recorder: Recorder | undefined;
  readonly inspector: typeof inspector | undefined;
  /** Undefined when no metrics are to be pushed. */
  readonly pushMetrics: typeof pushMetrics | undefined;
  /** Undefined when no log lines are to be pushed. */
  readonly pushLogs: typeof pushLogs | undefined;
  /** Makes `console` write to stdout again. */
  restoreConsole(): void;
}

export interface Shared {
  /** Set once tracing is being started. */
  tracing?: Promise<StartedTracing> | undefined;
  /** Set while the telemetry runs, or is being started. */
  telemetry?: Promise<Telemetry> | undefined;
}

const KEY = Symbol.for("mcp.telemetry");

export const shared: Shared = (globalThis as { [KEY]?: Shared })[KEY] ?? install();

function install(): Shared {
  const made: Shared = {};
  Object.defineProperty(globalThis, KEY, { value: made });
  return made;
}
