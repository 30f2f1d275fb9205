/** The memory of the server's process, as the kernel counts it. */
import { readFileSync } from "node:fs";

export interface Memory {
  readonly residentBytes: number;
  /** The most since the start of the process. */
  readonly peakBytes: number;
}

/** @returns undefined when there is no such process any more */
export function memoryOf(pid: number): Memory | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1024;
    return { residentBytes: bytes("VmRSS"), peakBytes: bytes("VmHWM") };
  } catch {
    return undefined;
  }
}
