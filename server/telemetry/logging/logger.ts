/**
 * The logger. A line that is logged while a request is handled has the fields of its session, request and trace. The
 * mixin adds them, so that no request needs a child logger.
 */
import { hostname } from "node:os";
import pino, { type Logger } from "pino";
import { currentLogFields, HAS_CALL_FIELDS } from "../request/scope.ts";
import type { DebugSwitch } from "./debug-switch.ts";
import { describeError } from "./errors.ts";
import { redacted } from "./redact.ts";
import type { LogStream } from "./stream.ts";

/** @param debug decides which lines below `level` are written; without it, none is */
export function createLogger(stream: LogStream, serviceName: string, level: string, debug?: DebugSwitch): Logger {
  const logger = pino(
    {
      level,
      base: { service_name: serviceName, pid: process.pid, host: hostname() },
      timestamp: isoTime(),
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => (HAS_CALL_FIELDS in fields ? fields : redacted(fields)),
      },
      serializers: { err: (error: unknown) => (error instanceof Error ? describeError(error) : error) },
      mixin: (fields) => (HAS_CALL_FIELDS in fields ? fields : currentLogFields()),
      mixinMergeStrategy: (fields, mixed) => (mixed === fields ? fields : Object.assign(mixed, fields)),
      ...(debug && {
        hooks: {
          logMethod(args, write, number) {
            if (debug.allows(number, this)) write.apply(this, args);
          },
        },
      }),
    },
    stream,
  );
  debug?.attach(logger);
  return logger;
}

/** Writes the time as pino's `isoTime` does. The text of the date and the second is cached for a second. */
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
