/** (f) Nothing is observed: what is left is the edge, the sessions and the tool pipeline. */
import pino from "pino";
import { Registry } from "prom-client";
import type { Telemetry } from "../../../server/telemetry/index.ts";

const nothing = () => {};

export const noTelemetry: Telemetry = {
  logger: pino({ level: "silent" }),
  registry: new Registry() as unknown as Telemetry["registry"],
  instrument: nothing,
  pipeline: {
    registerTool: nothing,
    lateCompletion: nothing,
    cost: nothing,
    runaway: nothing,
    middlewareFailed: nothing,
    breaker: nothing,
    bulkhead: nothing,
    degraded: nothing,
    event: nothing,
  },
  rejected: nothing,
  streamOpened: () => nothing,
  pending: () => 0,
  endSession: nothing,
  shutdown: async () => {},
};
