/** What each service has: the server's logger, a registry of its own, and the metrics listener. */

import { createLogger, createRegistry, listenForScrapes, type MetricsRegistry, openLogStream } from "mcp-telemetry";
import { readTelemetryConfig } from "mcp-telemetry/config";
import { tracing } from "mcp-telemetry/register";
import type { Logger } from "pino";

export interface ServiceProcess {
  readonly logger: Logger;
  readonly registry: MetricsRegistry;
  /** Flushes spans and log lines, then ends the process. */
  exit(code: number): Promise<never>;
}

/** Logs an error that nobody caught as the server does, and ends the process with code 1. */
export function endOnCrash({ logger, exit }: ServiceProcess): void {
  process.on("uncaughtException", (err) => {
    logger.fatal({ err }, "uncaught error");
    void exit(1);
  });
}

/** @param metrics whether to serve `/metrics`; not needed where the process ends by itself */
export async function startProcess({ metrics }: { metrics: boolean }): Promise<ServiceProcess> {
  const config = readTelemetryConfig(process.env);
  const stream = openLogStream(1);
  const registry = createRegistry();
  if (metrics) {
    await listenForScrapes(registry, {
      host: config.metricsHost,
      port: config.metricsPort,
      allowedHosts: config.metricsAllowedHosts,
      ready: () => true,
    });
  }
  return {
    logger: createLogger(stream, config, config.logLevel),
    registry,
    async exit(code) {
      await tracing.shutdown();
      await stream.end();
      process.exit(code);
    },
  };
}
