/**
 * Where the server's log goes, and how that fails. With the right to mount: a file on a small file system that gets
 * full. Else: a pipe that nobody reads for a while.
 */
import { execFileSync } from "node:child_process";
import {
  closeSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
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

const SIZE_BYTES = 1024 ** 3;
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

/**
 * A file system in a file. Not a tmpfs: its pages would count as memory of the server that writes them.
 *
 * @throws where there is no right to mount
 */
function smallFileSystem(folder: string): LogDisk {
  const [image, mounted] = [join(folder, "disk.img"), join(folder, "disk")];
  const run = (program: string, ...args: string[]) => void execFileSync(program, args, { stdio: "ignore" });
  mkdirSync(mounted);
  writeFileSync(image, "");
  truncateSync(image, SIZE_BYTES);
  run("mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", image);
  run("mount", "-o", "loop,nodelalloc", image, mounted);
  const [path, filler] = [join(mounted, "server.log"), join(mounted, "filler")];
  const fd = openSync(path, "a");
  return {
    kind: "a file on a small file system that gets full (ENOSPC)",
    stdio: fd,
    started: () => closeSync(fd),
    fail() {
      // The writer may take space in between, and more than is free is refused.
      for (let left = LEFT_BYTES; ; left *= 2) {
        const { bfree, bsize } = statfsSync(mounted);
        try {
          return run("fallocate", "-l", String(bfree * bsize - left), filler);
        } catch (error) {
          if (left > 1024 ** 2) throw error;
        }
      }
    },
    heal: () => rmSync(filler),
    size: () => statSync(path).size,
    read: () => createReadStream(path),
    remove: () => run("umount", "-l", mounted),
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
