/**
 * One root logger. Whatever is logged while a request is handled carries its session, request and trace: the
 * mixin reads them from the request's scope, so nobody passes a logger around and no child is made per call.
 */
import { hostname } from "node:os";
import pino, { type Logger } from "pino";
import { COMPLETE, logFields } from "../request/scope.ts";
import type { DebugSwitch } from "./debug-switch.ts";
import { describeError } from "./errors.ts";
import { redacted } from "./redact.ts";
import type { LogStream } from "./stream.ts";

/** @param debug asked for each line; absent: the level alone decides */
export function createLogger(stream: LogStream, serviceName: string, level: string, debug?: DebugSwitch): Logger {
  const logger = pino(
    {
      level,
      base: { service_name: serviceName, pid: process.pid, host: hostname() },
      timestamp: isoTime(),
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => (COMPLETE in fields ? fields : redacted(fields)),
      },
      serializers: { err: (error: unknown) => (error instanceof Error ? describeError(error) : error) },
      mixin: (fields) => (COMPLETE in fields ? fields : logFields()),
      mixinMergeStrategy: (fields, mixed) => (mixed === fields ? fields : Object.assign(mixed, fields)),
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

/** RFC 3339 in UTC as Pino's own, but the date and the second are written once a second. */
function isoTime(): () => string {
  let second = 0;
  let prefix = "";
  return () => {
    const now = Date.now();
    const ms = now % 1000;
    if (now - ms !== second) {
      second = now - ms;
      prefix = `,"time":"${new Date(second).toISOString().slice(0, 20)}`;
    }
    return `${prefix}${String(ms).padStart(3, "0")}Z"`;
  };
}
