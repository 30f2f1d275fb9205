/** The command, as a process: its stdin and stdout are relayed, everything else is as if this process were not there. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { PassThrough } from "node:stream";
import type { Observer } from "./observer.ts";
import { relay } from "./relay.ts";

/** Not those that Node.js keeps for itself, and not those of a terminal's size. */
const FORWARDED = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR2", "SIGCONT"] as const;

export interface Ended {
  /** As a shell has it: 128 and the number of the signal, where a signal ended it. */
  readonly code: number;
  readonly signal: NodeJS.Signals | null;
}

export interface Command {
  /** Relays until the command has ended. @param observer undefined: nothing is observed */
  run(observer: Observer | undefined): Promise<Ended>;
  /** Whether a signal was passed to it. */
  signalled(): boolean;
}

/** @throws {Error} with a message for the caller when the command cannot be started */
export async function startCommand(program: string, args: readonly string[]): Promise<Command> {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  let signalled = false;
  const forward = (signal: NodeJS.Signals) => {
    signalled = true;
    child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  const exited = exitOf(child);
  // Node throws away what nobody reads when a process ends.
  const stdout = child.stdout.pipe(new PassThrough()).once("close", () => child.stdout.destroy());
  await once(child, "spawn");
  return {
    async run(observer) {
      const { stdin } = child;
      void relay(process.stdin, stdin, (line, pass) => observer?.fromClient(line, pass)).then(() => stdin.end());
      await relay(stdout, process.stdout, (line, pass) => observer?.fromServer(line, pass));
      const ended = await exited;
      for (const signal of FORWARDED) process.off(signal, forward);
      return ended;
    },
    signalled: () => signalled,
  };
}

const exitOf = (child: ChildProcess): Promise<Ended> =>
  new Promise((resolve) => {
    child.once("exit", (code, signal) =>
      resolve({ code: signal === null ? (code ?? 1) : 128 + constants.signals[signal], signal }),
    );
  });
