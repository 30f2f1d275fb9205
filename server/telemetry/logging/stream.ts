/**
 * Writes log lines to stdout or stderr. Lines are buffered and written in the background, at least every 100 ms. When the
 * other end is closed or too slow, lines are dropped and counted. A call is never blocked, nor is the end of the process.
 */
import { isatty } from "node:tty";
import pino, { type DestinationStream } from "pino";
import pretty from "pino-pretty";
import { visibleJson } from "../visible.ts";

const FLUSH_MS = 100;
/** Just below the size of one write of sonic-boom, 16 KiB. */
const MIN_WRITE_BYTES = 16_000;
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
    maxLength: MAX_BUFFER_BYTES,
    periodicFlush: FLUSH_MS,
  });
  let dropped = 0;
  let unwritten = 0;
  let closed = false;
  const close = () => {
    closed = true;
    dropped += unwritten;
    unwritten = 0;
    buffer.destroy();
  };
  buffer.on("drop", () => {
    dropped += 1;
    unwritten -= 1;
  });
  buffer.on("drain", () => {
    unwritten = 0;
  });
  buffer.on("error", close);
  return {
    write(line) {
      if (closed) dropped += 1;
      else {
        unwritten += 1;
        buffer.write(Buffer.from(line) as unknown as string);
      }
    },
    dropped: () => dropped,
    end() {
      if (closed) return Promise.resolve();
      closed = true;
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

/** A write to a pipe that nobody reads blocks a thread, and `process.exit` would wait for that thread. */
function killAtExit(): void {
  process.prependOnceListener("exit", () => process.kill(process.pid, "SIGKILL"));
}
