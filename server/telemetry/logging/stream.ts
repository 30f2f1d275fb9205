/**
 * Writes log lines to stdout or stderr. Lines are buffered and written in the background, at least every 100 ms. When the
 * output fails or is too slow, the newest lines are dropped and counted, and writing is tried again. When its reader has
 * gone, all lines are dropped. A call is never blocked, nor is the end of the process.
 */
import { isatty } from "node:tty";
import pino, { type DestinationStream } from "pino";
import pretty from "pino-pretty";
import { visibleJson } from "../visible.ts";

const FLUSH_MS = 100;
const MIN_WRITE_BYTES = 16_000;
/** Of one write. One write ends in a turn of the event loop: with sonic-boom's 16 KiB, a busy loop loses lines. */
const MAX_WRITE_BYTES = 256 * 1024;
/** Enough for a disk that blocks for a second or two, at thousands of calls a second. */
const MAX_BUFFER_BYTES = 4 * 1024 * 1024;
/** How long the last lines may take to be written, in milliseconds. */
const END_MS = 5000;

/** In its other mode, sonic-boom joins the waiting lines to one text and measures all of it again for each line. */
const BUFFER_MODE = { contentMode: "buffer" } as object;

export interface LogStream extends DestinationStream {
  /** The number of lines dropped since the start. */
  readonly dropped: () => number;
  /** Accepts no more lines. Resolves when all lines are written or dropped, or after a timeout. */
  end(): Promise<void>;
}

/** @param fd 1 for stdout, 2 for stderr. A terminal gets readable lines, anything else NDJSON. */
export function openLogStream(fd: 1 | 2): LogStream {
  if (isatty(fd)) {
    const stream = pretty({ destination: fd, sync: true, ignore: "pid,host,service_name" });
    return { write: (line) => stream.write(visibleJson(line)), dropped: () => 0, end: async () => {} };
  }
  const buffer = pino.destination({
    ...BUFFER_MODE,
    fd,
    sync: false,
    minLength: MIN_WRITE_BYTES,
    maxWrite: MAX_WRITE_BYTES,
    maxLength: MAX_BUFFER_BYTES,
    periodicFlush: FLUSH_MS,
  });
  const waiting = waitingLines();
  let dropped = 0;
  let closed = false;
  let ending = false;
  buffer.on("drop", () => {
    dropped += 1;
    waiting.removeNewest();
  });
  buffer.on("write", (bytes) => waiting.written(bytes));
  // Else sonic-boom keeps what it could not write, and tries again at the next line or flush.
  buffer.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (code !== "EPIPE" && !ending) return;
    closed = true;
    dropped += waiting.removeAll();
    buffer.destroy();
  });
  return {
    write(line) {
      if (closed || ending) {
        dropped += 1;
        return;
      }
      const bytes = Buffer.from(line);
      waiting.add(bytes.length);
      buffer.write(bytes as unknown as string);
    },
    dropped: () => dropped,
    end() {
      if (closed || ending) return Promise.resolve();
      ending = true;
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          killAtExit();
          resolve();
        }, END_MS);
        const ended = () => {
          clearTimeout(timer);
          resolve();
        };
        buffer.once("close", ended).once("error", ended).end();
      });
    },
  };
}

/** Counts the lines that are not yet written completely. */
function waitingLines() {
  /** In bytes, oldest first. Those before `first` are written. */
  let lengths: number[] = [];
  let first = 0;
  let ahead = 0;
  return {
    add: (length: number) => void lengths.push(length),
    removeNewest: () => void lengths.pop(),
    written(bytes: number) {
      ahead += bytes;
      for (let next = lengths[first]; next !== undefined && next <= ahead; next = lengths[first]) {
        ahead -= next;
        first += 1;
      }
      if (first < 1024 && first < lengths.length) return;
      lengths = lengths.slice(first);
      first = 0;
    },
    /** @returns how many they were */
    removeAll(): number {
      const count = lengths.length - first;
      lengths = [];
      first = 0;
      return count;
    },
  };
}

/** A write to a pipe that nobody reads blocks a thread, and `process.exit` would wait for that thread. */
function killAtExit(): void {
  process.prependOnceListener("exit", () => process.kill(process.pid, "SIGKILL"));
}
