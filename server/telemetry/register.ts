/**
 * The preload: `node --import ./server/telemetry/register.ts …`. The one module with effects: it starts tracing
 * before the application is imported, so that outgoing calls are instrumented, and holds the one instance.
 * A variable it cannot use leaves tracing off; `startTelemetry` then reports it with all the others.
 */
import { readTelemetryConfig, type TelemetryConfig } from "./config.ts";
import { ConfigError } from "./environment.ts";
import { type Tracing, tracingOff } from "./tracing/tracing.ts";

export const tracing: Tracing = await start();

async function start(): Promise<Tracing> {
  const config = usableConfig();
  if (config?.endpoint === undefined) return tracingOff();
  const { startTracing } = await import("./tracing/sdk.ts");
  const started = startTracing(config);
  process.stderr.write(
    `[telemetry] OpenTelemetry initialized — endpoint=${withoutCredentials(config.endpoint)} ` +
      `protocol=${config.protocol} service=${config.serviceName} sampler=${samplerName(config)}\n`,
  );
  return started;
}

function usableConfig(): TelemetryConfig | undefined {
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

function withoutCredentials(endpoint: string): string {
  const url = new URL(endpoint);
  url.username = "";
  url.password = "";
  url.search = "";
  return url.href;
}
