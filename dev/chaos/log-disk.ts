/**
 * Where the server's log goes, and how that fails. With the right to mount: a file on a small file system that gets
 * full. Else: a pipe that nobody reads for a while.
 */
import { execFileSync } from "node:child_process";
import { closeSync, createReadStream, createWriteStream, mkdirSync, openSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";

export interface LogDisk {
  /** What it is, and how it fails. */
  readonly kind: string;
  /** For the server's stdout. */
  readonly stdio: number | "pipe";
  /** Call when the server has started. @param stdout of its process, where stdio is "pipe" */
  started(stdout: Readable | null): void;
  fail(): void;
  heal(): void;
  /** Bytes written so far. */
  size(): number;
  read(): Readable;
  /** Gives the file system back. */
  remove(): void;
}

const SIZE = "1g";
/** Left when the disk "is full": the next few lines fill it. A page, because no less can be told apart. */
const LEFT_BYTES = 4096;

/** @param folder an empty one */
export function openLogDisk(folder: string): LogDisk {
  try {
    return smallFileSystem(folder);
  } catch {
    return stalledPipe(folder);
  }
}

/** @throws where there is no right to mount */
function smallFileSystem(folder: string): LogDisk {
  const mounted = join(folder, "disk");
  mkdirSync(mounted);
  const mount = (...args: string[]) => void execFileSync("mount", [...args, mounted], { stdio: "ignore" });
  mount("-t", "tmpfs", "-o", `size=${SIZE}`, "tmpfs");
  const path = join(mounted, "server.log");
  const fd = openSync(path, "a");
  return {
    kind: "a file on a tmpfs that gets full (ENOSPC)",
    stdio: fd,
    started: () => closeSync(fd),
    fail() {
      // The writer may grow the file in between, and a size below what is used is refused.
      for (let left = LEFT_BYTES; ; left *= 2) {
        const { blocks, bfree, bsize } = statfsSync(mounted);
        try {
          return mount("-o", `remount,size=${(blocks - bfree) * bsize + left}`);
        } catch (error) {
          if (left > 1024 ** 2) throw error;
        }
      }
    },
    heal: () => mount("-o", `remount,size=${SIZE}`),
    size: () => statSync(path).size,
    read: () => createReadStream(path),
    remove: () => void execFileSync("umount", ["-l", mounted]),
  };
}

export function stalledPipe(folder: string): LogDisk {
  const path = join(folder, "server.log");
  const file = createWriteStream(path);
  let from: Readable | null = null;
  return {
    kind: "a pipe that is not read for a while (no right to mount)",
    stdio: "pipe",
    started(stdout) {
      from = stdout;
      stdout?.pipe(file);
    },
    fail: () => void from?.unpipe(file).pause(),
    heal: () => void from?.pipe(file),
    size: () => file.bytesWritten,
    read: () => createReadStream(path),
    remove: () => void finished(file.end()),
  };
}
