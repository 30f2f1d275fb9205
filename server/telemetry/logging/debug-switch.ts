/**
 * Debug lines for single sessions, for a while: the operator's switch. While one is on, the logger's level is
 * `debug` and every other session's lines below the configured level are left out again.
 */
import type { Level, Logger } from "pino";
import { currentCall } from "../request/scope.ts";

export class DebugSwitch {
  readonly #expiries = new Map<string, NodeJS.Timeout>();
  readonly #configured: string;
  #logger: Logger | undefined;

  /** @param configured the level outside of any switch */
  constructor(configured: string) {
    this.#configured = configured;
  }

  /** The logger whose level this switch moves; it must ask {@link passes} for each line. */
  control(logger: Logger): void {
    this.#logger = logger;
  }

  /** @param seconds until it goes off by itself */
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

  /** Whether a line of this level is to be written now. @param level pino's number */
  passes(level: number, logger: Logger): boolean {
    if (this.#expiries.size === 0 || level >= levelNumber(logger, this.#configured)) return true;
    return this.#expiries.has(currentCall()?.session.id ?? "");
  }

  #setLevel(): void {
    if (this.#logger === undefined) return;
    const own = levelNumber(this.#logger, this.#configured);
    const debug = this.#expiries.size > 0 && own > levelNumber(this.#logger, "debug");
    this.#logger.level = debug ? "debug" : this.#configured;
  }
}

const levelNumber = (logger: Logger, level: string): number =>
  logger.levels.values[level as Level] ?? Number.POSITIVE_INFINITY;
