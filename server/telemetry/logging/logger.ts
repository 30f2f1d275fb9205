/**
 * The logger. A line that is logged while a request is handled has the fields of its session, request and trace. The
 * mixin adds them, so that no request needs a child logger.
 */
import { hostname } from "node:os";
import pino, { type Bindings, type ChildLoggerOptions, type Logger } from "pino";
import { LOG } from "../conventions.ts";
import { currentLogFields, HAS_CALL_FIELDS } from "../request/scope.ts";
import type { DebugSwitch } from "./debug-switch.ts";
import { plainArguments } from "./redact.ts";
import type { LogStream } from "./stream.ts";

/** What every line says of its process. */
interface Process {
  readonly serviceName: string;
  readonly replica?: string | undefined;
}

/** @param debug decides which lines below `level` are written; without it, none is */
export function createLogger(
  stream: LogStream,
  { serviceName, replica }: Process,
  level: string,
  debug?: DebugSwitch,
): Logger {
  const logger = pino(
    {
      level,
      base: {
        [LOG.serviceName]: serviceName,
        ...(replica !== undefined && { [LOG.replica]: replica }),
        pid: process.pid,
        host: hostname(),
      },
      timestamp: isoTime(),
      formatters: { level: (label) => ({ level: label }) },
      // Without this, pino describes again what `describeError` has described.
      serializers: { err: (described: unknown) => described },
      mixin: (fields) => (HAS_CALL_FIELDS in fields ? fields : currentLogFields()),
      mixinMergeStrategy: (fields, mixed) => (mixed === fields ? fields : Object.assign(mixed, fields)),
      hooks: {
        logMethod(args, write, number) {
          if (debug !== undefined && !debug.allows(number, this)) return;
          write.apply(this, isRequestLine(args) ? args : (plainArguments(args) as typeof args));
        },
      },
    },
    stream,
  );
  debug?.attach(logger);
  return withPlainBindings(logger);
}

/** Pino writes the bindings of a child as they are. A child has its parent's methods, so its own children are covered. */
function withPlainBindings(logger: Logger): Logger {
  const { child, setBindings } = logger;
  const plain = (bindings: Bindings) => plainArguments([bindings])[0] as Bindings;
  return Object.assign(logger, {
    child(this: Logger, bindings: Bindings, options?: ChildLoggerOptions): Logger {
      return Reflect.apply(child, this, [plain(bindings), options]);
    },
    setBindings(this: Logger, bindings: Bindings) {
      setBindings.call(this, plain(bindings));
    },
  });
}

/** The fields of a request's line are plain and limited already. */
function isRequestLine([fields]: readonly unknown[]): boolean {
  try {
    return typeof fields === "object" && fields !== null && HAS_CALL_FIELDS in fields;
  } catch {
    return false;
  }
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
