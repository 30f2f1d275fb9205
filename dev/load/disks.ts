/** What the stores of the native stack have on disk. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Processes } from "../../deploy/stack/native/processes.ts";
import { DIRECTORY } from "../../deploy/stack/native/stack.ts";

const STORES = ["prometheus", "loki", "tempo"];
/** `stat` counts blocks of this size, whatever the file system has: files may have holes. */
const BLOCK_BYTES = 512;

/** @returns bytes by store, of those that run natively */
export function storedBytes(): ReadonlyMap<string, number> {
  const processes = new Processes(DIRECTORY);
  const running = STORES.filter((store) => processes.isRunning(store));
  return new Map(running.map((store) => [store, bytesBelow(join(DIRECTORY, "root", store))]));
}

/** A file may be deleted while its folder is read. */
function bytesBelow(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => {
    const { blocks = 0 } = statSync(join(parentPath, name), { throwIfNoEntry: false }) ?? {};
    return sum + blocks * BLOCK_BYTES;
  }, 0);
}
