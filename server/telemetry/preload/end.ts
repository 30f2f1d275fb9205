/** Ends the telemetry with its process, in a program that does not. */
import type { Telemetry } from "../telemetry.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * A program that handles a signal itself says when it ends: the telemetry goes on until then. A program that ends itself by
 * `process.exit` loses the lines and spans that have not been sent yet.
 */
export function endWithProcess(telemetry: Telemetry): void {
  const end = async (signal: NodeJS.Signals) => {
    if (process.listenerCount(signal) > 1) return;
    await telemetry.shutdown();
    process.removeListener(signal, end);
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.on(signal, end);
  // Nothing keeps the process alive any more: its clients have gone.
  process.once("beforeExit", () => void telemetry.shutdown("transport_closed"));
}
