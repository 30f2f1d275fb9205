/** Detects an agent that calls one tool over and over. Each episode is reported once. */
import type { Middleware } from "./middleware.ts";

const WINDOW_MS = 60_000;

interface Window {
  /** Monotonic, in milliseconds. */
  since: number;
  calls: number;
  /** Whether this episode was reported. An episode ends with the first window below the threshold. */
  reported: boolean;
}

/** @param threshold calls of one tool by one caller in a minute @param report called once for each episode */
export function runaway(threshold: number, report: (tool: string, calls: number) => void): Middleware {
  const callers = new WeakMap<object, Map<string, Window>>();
  return {
    name: "runaway",
    priority: 10,
    handle({ caller, tool }, next) {
      const tools = callers.get(caller) ?? new Map<string, Window>();
      callers.set(caller, tools);
      const window = currentWindow(tools.get(tool), threshold);
      tools.set(tool, window);
      window.calls += 1;
      if (window.calls > threshold && !window.reported) {
        window.reported = true;
        report(tool, window.calls);
      }
      return next();
    },
  };
}

function currentWindow(last: Window | undefined, threshold: number): Window {
  const now = performance.now();
  if (last !== undefined && now - last.since < WINDOW_MS) return last;
  const sameEpisode = last !== undefined && last.calls > threshold && now - last.since < 2 * WINDOW_MS;
  return { since: now, calls: 0, reported: sameEpisode };
}
