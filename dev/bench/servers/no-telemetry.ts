/** (f) Telemetry that records nothing. What remains is the HTTP edge, the sessions and the tool pipeline. */

import type { Telemetry } from "mcp-telemetry";
import pino from "pino";
import { Registry } from "prom-client";

const noop = () => {};

const ofServer = {
  observe: noop,
  endSession: noop,
  names: { add: noop, addPrompt: noop, setReadOnly: noop },
  rejected: noop,
};

export const noTelemetry: Telemetry = {
  ...ofServer,
  ofServer: () => ofServer,
  logger: pino({ level: "silent" }),
  registry: new Registry() as unknown as Telemetry["registry"],
  instrument: noop,
  pipeline: {
    registerTool: noop,
    caller: () => noop,
    lateCompletion: noop,
    cost: noop,
    runaway: noop,
    middlewareFailed: noop,
    breaker: noop,
    bulkhead: noop,
    degraded: noop,
    event: noop,
  },
  authenticated: noop,
  unreadable: noop,
  streamOpened: () => noop,
  pending: () => 0,
  shutdown: async () => {},
};
