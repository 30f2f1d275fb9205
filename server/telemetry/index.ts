/**
 * The telemetry of an MCP server on SDK 1.x or SDK 2. Each request has a span, a metric sample and a log line that refer to each
 * other. This folder imports nothing from outside itself, and a failure in it never fails or blocks a call.
 */
import { assemble } from "./assemble.ts";
import { shared } from "./shared.ts";
import { tracingOfProcess } from "./start-tracing.ts";
import type { Telemetry, TelemetryOptions } from "./telemetry.ts";

export type { Logger } from "pino";
export { listenForScrapes } from "./admin/listener.ts";
export { describeError } from "./logging/errors.ts";
export { createLogger } from "./logging/logger.ts";
export { openLogStream } from "./logging/stream.ts";
export { counter, gauge, histogram } from "./metrics/define.ts";
export { createRegistry, type MetricsRegistry } from "./metrics/registry.ts";
export { sentMetrics } from "./metrics/sent.ts";
export { addressOf, observeClient } from "./observe/client.ts";
export { jsonSize } from "./observe/json-size.ts";
export type { Caller } from "./observe/mcp.ts";
export type { Sent } from "./observe/outbound.ts";
export { callerOf } from "./observe/peer.ts";
export type { PipelineTelemetry } from "./pipeline.ts";
export type { ServerTelemetry, Telemetry, TelemetryOptions } from "./telemetry.ts";

/**
 * Starts logs and metrics, and tracing unless the preload has started it.
 *
 * A process has one telemetry: where it runs already, a line on stderr says so, and that one is returned.
 *
 * @throws {ConfigError} that names every environment variable with an invalid value
 * @throws {BootError} when the metrics port is taken, or the file of `MCP_ADMIN_TOKEN_FILE` cannot be used
 */
export async function startTelemetry(options: TelemetryOptions = {}): Promise<Telemetry> {
  if (shared.telemetry !== undefined) {
    process.stderr.write("[telemetry] started a second time in this process: the first one serves both\n");
    return shared.telemetry;
  }
  const starting = start(options);
  shared.telemetry = starting;
  try {
    return await starting;
  } catch (error) {
    shared.telemetry = undefined;
    throw error;
  }
}

async function start(options: TelemetryOptions): Promise<Telemetry> {
  const { telemetry, listen } = assemble(options, options.transport ?? "http", await tracingOfProcess());
  await listen();
  return telemetry;
}
