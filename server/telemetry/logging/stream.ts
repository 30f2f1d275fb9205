/**
 * Where log lines go: buffered, written in the background at least every 100 ms, never waited for. A stream that
 * is closed or too slow loses lines, which are counted; it never blocks or fails a call, and does not keep the
 * process from ending.
 */
import { isatty } from "node:tty";
import pino, { type DestinationStream } from "pino";
import pretty from "pino-pretty";

const FLUSH_MS = 100;
/** Just below what is written at a time. */
const MIN_WRITE_BYTES = 16_000;
/** A second or two of a disk that takes nothing, at thousands of calls a second. */
const MAX_BUFFER_BYTES = 4 * 1024 * 1024;
/** Time for the last lines to leave. */
const END_MS = 5000;

/** Sonic-boom's other mode appends each line to one text, which it makes anew, up to 16 KiB, to measure it each time. */
const AS_BYTES = { contentMode: "buffer" } as object;

export interface LogStream extends DestinationStream {
  /** Lines lost since the start. */
  readonly dropped: () => number;
  /** Takes no more lines; resolves when the last is written or lost, or its time was up. Before the process ends. */
  end(): Promise<void>;
}

/** @param fd 1 for stdout, 2 for stderr; a terminal gets pretty lines, anything else NDJSON */
export function openLogStream(fd: 1 | 2): LogStream {
  if (isatty(fd)) {
    const stream = pretty({ destination: fd, sync: true, ignore: "pid,host,service_name" });
    return { write: (line) => stream.write(line), dropped: () => 0, end: async () => {} };
  }
  const buffer = pino.destination({
    ...AS_BYTES,
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
        const stuck = setTimeout(() => {
          endWithoutWaiting();
          resolve();
        }, END_MS);
        const ended = () => {
          clearTimeout(stuck);
          resolve();
        };
        buffer.once("close", ended).once("error", ended).end();
      });
    },
  };
}

/** A write to a pipe that nobody reads holds a thread, which `process.exit` would wait for. */
function endWithoutWaiting(): void {
  process.prependOnceListener("exit", () => process.kill(process.pid, "SIGKILL"));
}
