/** What a process holds after a garbage collection: the measure of everything that must not grow. */
import { createHook } from "node:async_hooks";
import { queryObjects, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

export interface ProcessStats {
  readonly heapBytes: number;
  /** Sockets, pipes and listeners that keep the process alive. */
  readonly handles: number;
  /** Timers that run, those that keep nothing alive among them. */
  readonly timers: number;
  /** Objects in memory. */
  readonly sessions: number;
  readonly calls: number;
  readonly spans: number;
}

/** @returns measures the process; timers are counted from now on */
export function processStatsReader(): () => Promise<ProcessStats> {
  const timers = new Set<number>();
  createHook({
    init(id, type) {
      if (type === "Timeout") timers.add(id);
    },
    destroy: (id) => void timers.delete(id),
  }).enable();
  setFlagsFromString("--expose-gc");
  const gc: () => void = runInNewContext("gc");

  return async () => {
    const kinds = await counted();
    const [sessions = 0, calls = 0, spans = 0] = kinds.map((kind) => queryObjects(kind, { format: "count" }));
    for (let time = 0; time < 3; time += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      gc();
    }
    const handles = process.getActiveResourcesInfo().filter((type) => /Wrap$/.test(type)).length;
    return { heapBytes: process.memoryUsage().heapUsed, handles, timers: timers.size, sessions, calls, spans };
  };
}

/** Imported when they are asked for: the server has its own order of imports. */
async function counted() {
  const { trace } = await import("@opentelemetry/api");
  const { Call } = await import("../../server/telemetry/request/call.ts");
  const { WebStandardStreamableHTTPServerTransport } = await import(
    "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js"
  );
  const Span = trace.getTracer("processStats").startSpan("never ended").constructor;
  return [WebStandardStreamableHTTPServerTransport, Call, Span] as (new () => object)[];
}
