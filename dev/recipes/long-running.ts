/** Runs what goes on until it is stopped, and stops it once the address that it names answers. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

const WAIT_MS = 60_000;

/** @throws when nothing answers there within a minute, or it ended before */
export async function runUntilReachable(directory: string, where: string, text: string): Promise<void> {
  const [address] = /http:\/\/127\.0\.0\.1:\S+/.exec(text) ?? [];
  if (address === undefined) throw new Error(`${where}: which address answers when it is up?`);
  const child = spawn("sh", ["-euc", text], { cwd: directory, detached: true, stdio: "ignore" });
  const ended = once(child, "exit");
  try {
    for (const deadline = Date.now() + WAIT_MS; child.exitCode === null && Date.now() < deadline; await sleep(200)) {
      if (
        await fetch(address).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        return;
    }
    throw new Error(`${where}: ${address} does not answer`);
  } finally {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGINT");
    await ended;
  }
}
