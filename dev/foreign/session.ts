/** One run of a client's program: what it said of each step. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type { ForeignClient } from "./clients.ts";
import { homeOf } from "./install.ts";

const LIMIT_MS = 120_000;

/** A line of the program's: a step, and how the client saw it end. */
export interface Said {
  readonly step: string;
  readonly saw: string;
  /** Of the client's own trace, where it has one. */
  readonly trace_id?: string;
}

/** @throws with what it wrote to stderr when it fails or takes over 2 minutes */
export async function runClient(client: ForeignClient, environment: Record<string, string>): Promise<Said[]> {
  const [program, ...args] = client.run;
  const child = spawn(program, args, {
    cwd: homeOf(client),
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once("error", reject).once("close", (code, signal) => resolve(code ?? signal));
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) throw new Error(`the client ended with ${code}: ${stderr.trim().slice(-600)}`);
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Said);
}
