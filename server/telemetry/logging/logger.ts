/**
 * One root logger. Whatever is logged while a request is handled carries its session, request and trace: the
 * mixin reads them from the request's scope, so nobody passes a logger around and no child is made per call.
 */
import { hostname } from "node:os";
import pino, { type Logger } from "pino";
import { logFields } from "../observe/scope.ts";
import type { DebugSwitch } from "./debug-switch.ts";
import { describeError } from "./errors.ts";
import { redacted } from "./redact.ts";
import type { LogStream } from "./stream.ts";

export type { Logger } from "pino";

/** @param debug asked for each line; absent: the level alone decides */
export function createLogger(stream: LogStream, serviceName: string, level: string, debug?: DebugSwitch): Logger {
  const logger = pino(
    {
      level,
      base: { service_name: serviceName, pid: process.pid, host: hostname() },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: (fields) => redacted(fields) },
      serializers: { err: (error: unknown) => (error instanceof Error ? describeError(error) : error) },
      mixin: logFields,
      ...(debug && {
        hooks: {
          logMethod(args, write, number) {
            if (debug.passes(number, this)) write.apply(this, args);
          },
        },
      }),
    },
    stream,
  );
  debug?.control(logger);
  return logger;
}
