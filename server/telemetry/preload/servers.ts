/**
 * Instruments every server that connects, in a program that knows nothing of the telemetry. In a program that calls
 * `startTelemetry` itself, its own calls of `instrument` say which servers are observed.
 */
import { assemble } from "../assemble.ts";
import { transportName } from "../observe/connection.ts";
import { type Instrumentation, type ServerInternals, ServerWatch } from "../observe/instrument.ts";
import type { Transport } from "../observe/mcp.ts";
import type { McpInternals } from "../observe/registered.ts";
import { type StartedTracing, shared } from "../shared.ts";
import { endWithProcess } from "./end.ts";
import { CONSTRUCTED } from "./sdk-source.ts";
import { hookSources } from "./source-hook.ts";

/** @returns stops it: servers that are constructed later are not observed */
export function instrumentServers(tracing: StartedTracing): () => void {
  const telemetry = telemetryAtFirstConnection(tracing);
  let latest: ServerWatch | undefined;
  const global = globalThis as Record<symbol, unknown>;
  global[Symbol.for(CONSTRUCTED)] = (kind: "server" | "mcp", constructed: object) => {
    const watch = latest ?? new ServerWatch(telemetry);
    // A McpServer constructs its Server before anything else happens.
    latest = kind === "mcp" ? watch : undefined;
    if (kind === "mcp") watch.follow(constructed as McpInternals);
    else watch.attach(constructed as ServerInternals);
  };
  const unhook = hookSources();
  return () => {
    unhook();
    Reflect.deleteProperty(global, Symbol.for(CONSTRUCTED));
  };
}

/** @returns what servers are instrumented with; a transport starts the telemetry, if nothing has */
function telemetryAtFirstConnection(tracing: StartedTracing): (transport?: Transport) => Instrumentation | undefined {
  let instrumentation: (() => Instrumentation | undefined) | undefined;
  return (transport) => {
    if (instrumentation === undefined && transport !== undefined && shared.telemetry === undefined) {
      instrumentation = start(tracing, transport);
    }
    return instrumentation?.();
  };
}

function start(tracing: StartedTracing, transport: Transport): () => Instrumentation | undefined {
  const first = transportName(transport);
  // A client starts several servers over stdio at once.
  if (first === "stdio") process.env.METRICS_PORT ||= "0";
  try {
    const { telemetry, instrumentation, listen } = assemble({}, first, tracing);
    shared.telemetry = Promise.resolve(telemetry);
    listen().catch(({ message }: Error) => telemetry.logger.warn({}, `metrics are not served: ${message}`));
    endWithProcess(telemetry);
    return instrumentation;
  } catch (error) {
    process.stderr.write(`[telemetry] not observed: ${error instanceof Error ? error.message : "unknown error"}\n`);
    return () => undefined;
  }
}
