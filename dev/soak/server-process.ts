/** The server of the soak test, as a child process. Its log is discarded; its process statistics are read on request. */
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
  /** The sum of a metric's samples over all labels. */
  metric(name: string): Promise<number>;
  /** @returns its exit code */
  stop(): Promise<number | null>;
}

/** @throws when it exits, or is not ready within 20 s */
export async function startServer(own: Record<string, string>): Promise<ServerProcess> {
  const { url, child, samples, stop } = await start(own, { preloads: ["./test/support/process-commands-preload.ts"] });
  child.stdout?.resume();
  const stderrLines = createInterface(child.stderr as Readable);
  return {
    url,
    async processStats() {
      child.stdin?.write("processStats\n");
      for (;;) {
        const [line] = (await once(stderrLines, "line")) as [string];
        if (line.includes('"processStats"')) return JSON.parse(line) as ProcessStats;
      }
    },
    metric: async (name) => sumOf(await samples(), name),
    stop,
  };
}
