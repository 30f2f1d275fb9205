/** Background processes that outlive the command that started them. A file for each lets later commands find it. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

interface Started {
  readonly pid: number;
  /** Start time as `ps` prints it: a pid alone may since belong to another process. */
  readonly since: string;
  /** What was started. Its fingerprint shows when it is out of date. */
  readonly program: Program;
}

export interface Program {
  readonly path: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Gets stdout and stderr. */
  readonly logFile: string;
  readonly fingerprint: string;
}

export class Processes {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = join(directory, "processes");
    mkdirSync(this.#directory, { recursive: true });
  }

  names(): string[] {
    return readdirSync(this.#directory).map((file) => file.replace(/\.json$/, ""));
  }

  isRunning(name: string): boolean {
    const started = this.#read(name);
    return started !== undefined && startTime(started.pid) === started.since;
  }

  /** Whether what runs is what would be started now. */
  isCurrent(name: string, fingerprint: string): boolean {
    return this.isRunning(name) && this.#read(name)?.program.fingerprint === fingerprint;
  }

  /** @throws when the program does not start */
  async start(name: string, program: Program): Promise<void> {
    const { path, args, environment, cwd, logFile } = program;
    const log = openSync(logFile, "a");
    const child = spawn(path, args, { cwd, env: environment, detached: true, stdio: ["ignore", log, log] });
    const pid = await pidOf(child, path);
    child.unref();
    const started: Started = { pid, since: startTime(pid) ?? "", program };
    // Its environment may hold a password.
    writeFileSync(this.#file(name), JSON.stringify(started), { mode: 0o600 });
  }

  /** Sends SIGTERM, and SIGKILL to those that still run after `graceMs`. */
  async stop(names: readonly string[], graceMs: number): Promise<void> {
    for (const name of names) this.signal(name, "SIGTERM");
    const deadline = performance.now() + graceMs;
    while (names.some((name) => this.isRunning(name)) && performance.now() < deadline) await sleep(50);
    for (const name of names) {
      this.signal(name, "SIGKILL");
      rmSync(this.#file(name), { force: true });
    }
  }

  /** Ends one process. @returns starts it again as it was @throws when it does not run */
  async interrupt(name: string, graceMs: number): Promise<() => Promise<void>> {
    const started = this.#read(name);
    if (started === undefined) throw new Error(`${name} does not run`);
    await this.stop([name], graceMs);
    return () => this.start(name, started.program);
  }

  /** Does nothing to a process that has ended. */
  signal(name: string, signal: NodeJS.Signals): void {
    const started = this.#read(name);
    if (started !== undefined && this.isRunning(name)) process.kill(started.pid, signal);
  }

  #file(name: string): string {
    return join(this.#directory, `${name}.json`);
  }

  #read(name: string): Started | undefined {
    return existsSync(this.#file(name)) ? JSON.parse(readFileSync(this.#file(name), "utf8")) : undefined;
  }
}

function pidOf(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new Error(`${program} does not start: ${error.message}`)));
    child.once("spawn", () => resolve(child.pid ?? 0));
  });
}

/** @returns undefined when the process does not live, or is a zombie */
function startTime(pid: number): string | undefined {
  try {
    const [state = "", ...since] = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
    })
      .trim()
      .split(/\s+/);
    return state.startsWith("Z") ? undefined : since.join(" ");
  } catch {
    return undefined;
  }
}
