/**
 * The preload: `node --import <package>/register server.js`. It starts tracing before the application is imported, so
 * that outgoing calls are instrumented, and makes `console` write to stderr. Then it observes each MCP server that connects,
 * unless the program starts the telemetry itself.
 */
import { shared } from "./shared.ts";
import { tracingOfProcess } from "./start-tracing.ts";

const first = shared.tracing === undefined;
const started = await tracingOfProcess();
if (first) {
  const { instrumentServers } = await import("./preload/servers.ts");
  instrumentServers(started);
}

export const { tracing, recorder } = started;
