/** The memory of the server's process, as the kernel counts it. */
import { readFileSync } from "node:fs";

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
