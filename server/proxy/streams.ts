/** The event streams that are open for as long as a client wants. */
import type { Response } from "express";

export function openStreams(opened: () => () => void) {
  const ends = { listen: new Set<() => void>(), get: new Set<() => void>() };
  return {
    /** @param kind of `subscriptions/listen`, or of a GET request */
    watch(kind: "listen" | "get", response: Response): void {
      const closed = opened();
      const end = () => void response.end();
      ends[kind].add(end);
      response.once("close", () => {
        ends[kind].delete(end);
        closed();
      });
    },
    endAll(kind: "listen" | "get"): void {
      for (const end of ends[kind]) end();
    },
  };
}
