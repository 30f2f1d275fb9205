/**
 * Starts tracing, once in a process: the preload does, or else `startTelemetry`. When a variable has an invalid value,
 * tracing stays off, and `startTelemetry` reports all invalid values.
 */
import { readTelemetryConfig, type TelemetryConfig } from "./config.ts";
import { ConfigError } from "./environment.ts";
import type { Recorder } from "./inspect/recorder.ts";
import { consoleToStderr } from "./logging/console.ts";
import { describeError } from "./logging/errors.ts";
import { type StartedTracing, shared } from "./shared.ts";
import { type Tracing, tracingOff } from "./tracing/tracing.ts";

/** Has an effect only when tracing has not been started yet. Never rejects because of an invalid variable. */
export function tracingOfProcess(): Promise<StartedTracing> {
  shared.tracing ??= start();
  return shared.tracing;
}

async function start(): Promise<StartedTracing> {
  // OpenTelemetry keeps the functions of `console` when it is loaded.
  const restoreConsole = consoleToStderr();
  const config = configIfValid();
  const recorder = config?.inspect ? (await import("./inspect/recorder.ts")).newRecorder() : undefined;
  const tracing = config?.traced ? await startExport(config, recorder) : tracingOff();
  return {
    tracing,
    recorder,
    inspector: recorder && (await import("./inspect/serve.ts")).inspector,
    pushMetrics: config?.pushesMetrics ? (await import("./push/metrics.ts")).pushMetrics : undefined,
    pushLogs: config?.pushesLogs ? (await import("./push/logs.ts")).pushLogs : undefined,
    restoreConsole,
  };
}

async function startExport(config: TelemetryConfig, recorder: Recorder | undefined): Promise<Tracing> {
  try {
    const { startTracing } = await import("./tracing/sdk.ts");
    const started = startTracing(config, recorder?.processor);
    if (config.endpoint !== undefined || config.toConsole) {
      say(
        `OpenTelemetry initialized — ${destination(config)} service=${config.serviceName} sampler=${samplerName(config)}`,
      );
    }
    return started;
  } catch (error) {
    // A bundle does not have all files of the OpenTelemetry SDK, for example.
    say(`there are no traces: the OpenTelemetry SDK does not start: ${describeError(error).message}`);
    return tracingOff();
  }
}

const say = (text: string): void => void process.stderr.write(`[telemetry] ${text}\n`);

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
