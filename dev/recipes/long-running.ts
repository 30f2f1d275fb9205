/** Runs a command that does not end by itself, and stops it once the address in its text answers. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

const WAIT_MS = 60_000;

/** @throws when the address does not answer within a minute, or the command ends before it does */
export async function runUntilReachable(directory: string, where: string, text: string): Promise<void> {
  const [address] = /http:\/\/127\.0\.0\.1:\S+/.exec(text) ?? [];
  if (address === undefined)
    throw new Error(
      `${where}: a long-running block must contain the http://127.0.0.1 address that answers when it is ready`,
    );
  const child = spawn("sh", ["-euc", text], { cwd: directory, detached: true, stdio: "ignore" });
  const ended = once(child, "exit");
  try {
    for (
      const deadline = performance.now() + WAIT_MS;
      child.exitCode === null && performance.now() < deadline;
      await sleep(200)
    ) {
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
