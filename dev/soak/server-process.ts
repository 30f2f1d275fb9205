/** The server under soak: its log is read and forgotten, and its processStats are asked for. */
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { ProcessStats } from "../../test/support/process-stats.ts";
import { sumOf } from "../lib/open-metrics.ts";
import { startServer as start } from "../lib/server-process.ts";

export interface ServerProcess {
  readonly url: URL;
  /** After a garbage collection. */
  processStats(): Promise<ProcessStats>;
  /** The sum of a metric's samples, whatever their labels. */
  metric(name: string): Promise<number>;
  /** @returns its exit code */
  stop(): Promise<number | null>;
}

/** @throws when it is not ready within 20 s, or has ended by then */
export async function startServer(own: Record<string, string>): Promise<ServerProcess> {
  const { url, child, samples, stop } = await start(own, { preloads: ["./test/support/process-commands-preload.ts"] });
  child.stdout?.resume();
  const said = createInterface(child.stderr as Readable);
  return {
    url,
    async processStats() {
      child.stdin?.write("processStats\n");
      for (;;) {
        const [line] = (await once(said, "line")) as [string];
        if (line.includes('"processStats"')) return JSON.parse(line) as ProcessStats;
      }
    },
    metric: async (name) => sumOf(await samples(), name),
    stop,
  };
}
