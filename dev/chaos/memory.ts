/**
 * The memory of the server's process: limited by a cgroup where this user may make one, as a container is, and read from
 * the kernel. A process that takes more than its cgroup allows is killed by the kernel.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface MemoryLimit {
  readonly enforced: boolean;
  /** What to put before a command so that it runs within the limit. */
  readonly wrapper: readonly string[];
  /** Call it when every process within it has ended. */
  remove(): void;
}

/** The file of the limit, by the folder in which cgroups are made: version 1, then version 2. */
const HIERARCHIES = [
  ["/sys/fs/cgroup/memory", "memory.limit_in_bytes"],
  ["/sys/fs/cgroup", "memory.max"],
] as const;

/** @returns a limit that is not enforced where this user may make no cgroup */
export function limitMemory(bytes: number): MemoryLimit {
  for (const [root, file] of HIERARCHIES) {
    const folder = join(root, `mcp-chaos-${process.pid}`);
    try {
      mkdirSync(folder);
    } catch {
      continue;
    }
    if (existsSync(join(folder, file))) return cgroup(folder, file, bytes);
    rmdirSync(folder);
  }
  return { enforced: false, wrapper: [], remove: () => {} };
}

function cgroup(folder: string, file: string, bytes: number): MemoryLimit {
  writeFileSync(join(folder, file), String(bytes));
  return {
    enforced: true,
    wrapper: ["sh", "-c", 'echo $$ > "$0" && exec "$@"', join(folder, "cgroup.procs")],
    remove: () => rmdirSync(folder),
  };
}

export interface Memory {
  readonly residentBytes: number;
  /** The most since the start of the process. */
  readonly peakBytes: number;
}

/** @returns undefined when the process has ended, or this is not Linux */
export function memoryOf(pid: number): Memory | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1024;
    const memory = { residentBytes: bytes("VmRSS"), peakBytes: bytes("VmHWM") };
    return Number.isNaN(memory.residentBytes) ? undefined : memory;
  } catch {
    return undefined;
  }
}

/** Of one clock tick of /proc, in milliseconds: on Linux always the same. */
const TICK_MS = 10;

/** The time of processors that a process has used. @returns 0 when it has ended */
export function cpuMsOf(pid: number): number {
  try {
    const [, rest = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
    const fields = rest.split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return 0;
  }
}
