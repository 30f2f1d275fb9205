/**
 * The preload: `node --import ./server/telemetry/register.ts …`. It starts tracing before the application is imported, so
 * that outgoing calls are instrumented, and makes `console` write to stderr. When a variable has an invalid value, tracing
 * stays off, and `startTelemetry` reports all invalid values.
 */
import "./logging/console.ts";
import { readTelemetryConfig, type TelemetryConfig } from "./config.ts";
import { ConfigError } from "./environment.ts";
import type { Recorder } from "./inspect/recorder.ts";
import { type Tracing, tracingOff } from "./tracing/tracing.ts";

const config = configIfValid();

/** The data of the inspector. Undefined when the inspector is off: then none of its modules is loaded. */
export const recorder: Recorder | undefined = config?.inspect
  ? (await import("./inspect/recorder.ts")).newRecorder()
  : undefined;

export const tracing: Tracing = config?.traced ? await start(config) : tracingOff();

async function start(config: TelemetryConfig): Promise<Tracing> {
  const { startTracing } = await import("./tracing/sdk.ts");
  const started = startTracing(config, recorder?.processor);
  if (config.endpoint !== undefined || config.toConsole) {
    process.stderr.write(
      `[telemetry] OpenTelemetry initialized — ${destination(config)} service=${config.serviceName} sampler=${samplerName(config)}\n`,
    );
  }
  return started;
}

function configIfValid(): TelemetryConfig | undefined {
  try {
    return readTelemetryConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

function samplerName(config: TelemetryConfig): string {
  return config.standardSampler ?? `per_call(ratio=${config.sampleRatio},first=${config.firstCalls})`;
}

function destination({ endpoint, protocol }: TelemetryConfig): string {
  return endpoint === undefined ? "exporter=console" : `endpoint=${hostOf(endpoint)} protocol=${protocol}`;
}

/** Without user, path and query, which may hold a token. */
function hostOf(endpoint: string): string {
  const { protocol, host } = new URL(endpoint);
  return `${protocol}//${host}`;
}
