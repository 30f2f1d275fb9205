/** A running server that takes commands on its stdin, for `runServer(own, ...WITH_COMMANDS)`. */
import type { ProcessStats } from "./process-stats.ts";
import type { RunningServer } from "./running-server.ts";

export const WITH_COMMANDS = [
  "server/test/server-with-test-tools.ts",
  ["--import", "./test/support/process-commands-preload.ts"],
] as const;

export const command = (server: RunningServer, line: string): void => void server.process.stdin?.write(`${line}\n`);

/** Asks the server's process for its processStats, after a garbage collection. */
export async function processStats(server: RunningServer): Promise<ProcessStats> {
  const found = () => server.lines().filter(({ msg }) => msg === "processStats");
  const before = found().length;
  command(server, "processStats");
  await server.line((line) => line.msg === "processStats" && found().length > before);
  return found().at(-1) as unknown as ProcessStats;
}
