/**
 * Turns debug lines on for single sessions, for a limited time. Meanwhile the logger's level is `debug`, and lines of
 * other sessions below the configured level are dropped.
 */
import type { Level, Logger } from "pino";
import { currentCall } from "../request/scope.ts";

export type DebugSwitch = ReturnType<typeof debugSwitch>;

/** @param configuredLevel the logger's level when no session is switched on */
export function debugSwitch(configuredLevel: string) {
  const expiries = new Map<string, NodeJS.Timeout>();
  let logger: Logger | undefined;

  const setLevel = () => {
    if (logger === undefined) return;
    const debug = expiries.size > 0 && levelNumber(logger, configuredLevel) > levelNumber(logger, "debug");
    logger.level = debug ? "debug" : configuredLevel;
  };
  const off = (sessionId: string) => {
    clearTimeout(expiries.get(sessionId));
    expiries.delete(sessionId);
    setLevel();
  };

  return {
    /** Sets the logger whose level this switch changes. The logger must call `allows` for each line. */
    attach(controlled: Logger): void {
      logger = controlled;
    },
    /** @param seconds then the session is switched off again */
    on(sessionId: string, seconds: number): void {
      clearTimeout(expiries.get(sessionId));
      expiries.set(sessionId, setTimeout(off, seconds * 1000, sessionId).unref());
      setLevel();
    },
    off,
    /** Whether a line is to be written. @param level the level of the line, as pino's number */
    allows(level: number, writer: Logger): boolean {
      if (expiries.size === 0 || level >= levelNumber(writer, configuredLevel)) return true;
      return expiries.has(currentCall()?.session.id ?? "");
    },
  };
}

const levelNumber = (logger: Logger, level: string): number =>
  logger.levels.values[level as Level] ?? Number.POSITIVE_INFINITY;
