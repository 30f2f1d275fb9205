/**
 * Ends the process in this order: `/readyz` fails, new requests are refused, pending requests are answered, sessions are
 * closed, a replica waits until its router has noticed, spans and log lines are flushed. A pending request is cut off only at
 * the deadline.
 *
 * A process cannot see a signal while a tool blocks its event loop. If that never ends, only SIGKILL ends the process, and
 * its supervisor must send it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { createLogger, openLogStream, type Telemetry } from "mcp-telemetry";
import { ConfigError } from "mcp-telemetry/environment";
import { BootError } from "mcp-telemetry/listen";
import type { Service } from "./contracts/service.ts";
import { onEndSignal } from "./signals.ts";

const POLL_MS = 10;

/** @returns the exit code: 0 when every answer was sent, 1 when the deadline came first */
async function drain(service: Service, deadlineMs: number): Promise<0 | 1> {
  service.stopAccepting();
  const deadline = performance.now() + deadlineMs;
  while (service.pending() > 0 && performance.now() < deadline) await sleep(POLL_MS);
  const code = service.pending() > 0 ? 1 : 0;
  await service.close();
  return code;
}

/**
 * Ends the process on a signal, when the only client has disconnected, and on an uncaught error. A second signal ends it at
 * once.
 *
 * @param deadlineMs how long pending requests may take, in milliseconds
 */
export function endGracefully(service: Service, telemetry: Telemetry, deadlineMs: number): void {
  const { logger } = telemetry;
  let ending = false;
  let crashed = false;

  const end = async (reason: string) => {
    if (ending) return;
    ending = true;
    logger.info({ reason }, "shutting down");
    const drained = await drain(service, deadlineMs).catch(() => 1);
    if (drained === 1) logger.warn({ deadline_ms: deadlineMs }, "some calls were not answered in time");
    await telemetry.shutdown();
    process.exit(crashed ? 1 : drained);
  };
  const crash = (err: unknown) => {
    logger[crashed ? "error" : "fatal"]({ err }, "uncaught error");
    crashed = true;
    void end("crash");
  };
  onEndSignal((signal) => void end(signal));
  process.on("uncaughtException", crash).on("unhandledRejection", crash);
  void service.disconnected.then(() => end("the client closed the connection"));
}

/**
 * Ends a process that cannot start: one `fatal` line on stderr, as a crash logs it, and exit code 1. The message of an
 * error of configuration says all; any other error is logged with its stack.
 *
 * @param what has happened, where the error does not say it
 */
export async function explainAndExit(error: unknown, what = "the process cannot start"): Promise<never> {
  const stream = openLogStream(2);
  const logger = createLogger(stream, { serviceName: process.env.OTEL_SERVICE_NAME || "mcp-server" }, "fatal");
  if (error instanceof ConfigError || error instanceof BootError) logger.fatal(error.message);
  else logger.fatal({ err: error }, what);
  await stream.end();
  process.exit(1);
}
