/**
 * What a test may do inside the server's process, whose preload this is. A command is a line on stdin: `throw`,
 * `reject`, `block MS`, `clock MS`, `cpu`, `processStats`; what it says is a JSON line on stderr, beside the log, written at once.
 */
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { processStatsReader } from "./process-stats.ts";

const processStats = processStatsReader();
const say = (line: object) => void writeSync(2, `${JSON.stringify(line)}\n`);

const COMMANDS: Record<string, (argument: string | undefined) => void> = {
  throw() {
    setImmediate(() => {
      throw new Error("thrown where nobody catches");
    });
  },
  reject: () => void Promise.reject(new Error("rejected where nobody catches")),
  block(ms) {
    say({ msg: "blocked" });
    const until = performance.now() + Number(ms);
    while (performance.now() < until);
  },
  clock(ms) {
    const { now } = Date;
    Date.now = () => now() + Number(ms);
    say({ msg: "clock" });
  },
  cpu() {
    const { user, system } = process.threadCpuUsage();
    say({ msg: "cpu", ms: (user + system) / 1000 });
  },
  processStats: () => void processStats().then((found) => say({ msg: "processStats", ...found })),
};

createInterface(process.stdin).on("line", (line) => {
  const [command = "", argument] = line.split(" ");
  COMMANDS[command]?.(argument);
});
