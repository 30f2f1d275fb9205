/** What the stores of the stack and the shipper of the log use: CPU time and, in the native form, disk. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Processes } from "../../deploy/stack/native/processes.ts";
import { DIRECTORY } from "../../deploy/stack/native/stack.ts";
import type { BackEnds } from "../lib/back-ends.ts";
import { samplesIn, sumOf } from "../lib/open-metrics.ts";

export interface StoreUsage {
  /** Since it started. */
  readonly cpuSeconds: number;
  /** Undefined in a container. */
  readonly diskBytes: number | undefined;
}

const STORES = ["prometheus", "loki", "tempo", "promtail", "alloy"] as const;
/** `stat` counts blocks of this size, whatever the file system has: files may have holes. */
const BLOCK_BYTES = 512;

/** @returns by name, those that run */
export async function storeUsage(backEnds: BackEnds): Promise<ReadonlyMap<string, StoreUsage>> {
  const processes = new Processes(DIRECTORY);
  const found = STORES.filter((store) => backEnds.has(store)).map(async (store) => {
    const page = await (await fetch(backEnds.url(store, "/metrics"))).text();
    const cpuSeconds = sumOf(samplesIn(page), "process_cpu_seconds_total");
    const diskBytes = processes.isRunning(store) ? bytesBelow(join(DIRECTORY, "root", store)) : undefined;
    return [store, { cpuSeconds, diskBytes }] as const;
  });
  return new Map(await Promise.all(found));
}

/** A file may be deleted while its folder is read. */
function bytesBelow(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => {
    const { blocks = 0 } = statSync(join(parentPath, name), { throwIfNoEntry: false }) ?? {};
    return sum + blocks * BLOCK_BYTES;
  }, 0);
}
