/** Processes that tests start. None outlives the process that runs the test file, unless that is ended by SIGKILL. */
import { type ChildProcess, type ChildProcessWithoutNullStreams, type StdioOptions, spawn } from "node:child_process";
import { constants } from "node:os";

export interface ChildOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The child starts others, as a shell does: it leads a process group of its own, which is killed as a whole. */
  readonly group?: boolean;
}

/** As `process.kill` takes them: a negative number is a process group. */
const running = new Set<number>();

/** Starts a program; what it prints is for the caller to read, or to `resume`. */
export function spawnChild(
  program: string,
  args: readonly string[],
  options?: ChildOptions,
): ChildProcessWithoutNullStreams;
export function spawnChild(
  program: string,
  args: readonly string[],
  options: ChildOptions & { readonly stdio: StdioOptions },
): ChildProcess;
export function spawnChild(
  program: string,
  args: readonly string[],
  { group = false, stdio = "pipe", ...options }: ChildOptions & { readonly stdio?: StdioOptions } = {},
): ChildProcess {
  const child = spawn(program, args, { ...options, stdio, detached: group });
  const { pid } = child;
  if (pid !== undefined) child.once("exit", killAtExit(group ? -pid : pid));
  return child;
}

/** For a process that was started elsewhere. @returns forgets it, once it has ended */
export function killAtExit(pid: number): () => void {
  running.add(pid);
  return () => void running.delete(pid);
}

function killAll(): void {
  for (const pid of running) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has just ended.
    }
  }
}

process.once("exit", killAll);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  // `exit` kills.
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}
