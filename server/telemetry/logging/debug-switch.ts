/**
 * Turns debug lines on for single sessions, for a limited time. Meanwhile the logger's level is `debug`, and lines of
 * other sessions below the configured level are dropped.
 */
import type { Level, Logger } from "pino";
import { currentCall } from "../request/scope.ts";

export class DebugSwitch {
  readonly #expiries = new Map<string, NodeJS.Timeout>();
  readonly #configuredLevel: string;
  #logger: Logger | undefined;

  /** @param configuredLevel the logger's level when no session is switched on */
  constructor(configuredLevel: string) {
    this.#configuredLevel = configuredLevel;
  }

  /** Sets the logger whose level this switch changes. The logger must call {@link allows} for each line. */
  attach(logger: Logger): void {
    this.#logger = logger;
  }

  /** @param seconds then the session is switched off again */
  on(sessionId: string, seconds: number): void {
    clearTimeout(this.#expiries.get(sessionId));
    this.#expiries.set(sessionId, setTimeout(() => this.off(sessionId), seconds * 1000).unref());
    this.#setLevel();
  }

  off(sessionId: string): void {
    clearTimeout(this.#expiries.get(sessionId));
    this.#expiries.delete(sessionId);
    this.#setLevel();
  }

  /** Whether a line is to be written. @param level the level of the line, as pino's number */
  allows(level: number, logger: Logger): boolean {
    if (this.#expiries.size === 0 || level >= levelNumber(logger, this.#configuredLevel)) return true;
    return this.#expiries.has(currentCall()?.session.id ?? "");
  }

  #setLevel(): void {
    if (this.#logger === undefined) return;
    const configured = levelNumber(this.#logger, this.#configuredLevel);
    const debug = this.#expiries.size > 0 && configured > levelNumber(this.#logger, "debug");
    this.#logger.level = debug ? "debug" : this.#configuredLevel;
  }
}

const levelNumber = (logger: Logger, level: string): number =>
  logger.levels.values[level as Level] ?? Number.POSITIVE_INFINITY;
