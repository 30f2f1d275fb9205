/** A running server that takes commands on its stdin, for `runServer(own, ...WITH_COMMANDS)`. */
import type { ProcessStats } from "./process-stats.ts";
import type { LogLine, RunningServer } from "./running-server.ts";

export const WITH_COMMANDS = [
  "server/test/server-with-test-tools.ts",
  ["--import", "./test/support/process-commands-preload.ts"],
] as const;

export const command = (server: RunningServer, line: string): void => void server.process.stdin?.write(`${line}\n`);

/** Asks the server's process for its processStats, after a garbage collection. */
export const processStats = async (server: RunningServer): Promise<ProcessStats> =>
  (await ask(server, "processStats")) as unknown as ProcessStats;

/** Asks the server's process for the CPU time of its event loop's thread so far, in milliseconds. */
export const cpuMs = async (server: RunningServer): Promise<number> => Number((await ask(server, "cpu")).ms);

async function ask(server: RunningServer, question: string): Promise<LogLine> {
  const found = () => server.lines().filter(({ msg }) => msg === question);
  const before = found().length;
  command(server, question);
  return server.line((line) => line.msg === question && line === found()[before]);
}
