/**
 * Where log lines go: buffered, written in the background at least every 100 ms, never waited for. A stream that
 * is closed or too slow loses lines, which are counted; it never blocks or fails a call.
 */
import { isatty } from "node:tty";
import pino, { type DestinationStream } from "pino";
import pretty from "pino-pretty";

const FLUSH_MS = 100;
/** Just below what is written at a time. */
const MIN_WRITE_BYTES = 16_000;
const MAX_BUFFER_BYTES = 1024 * 1024;

/** Sonic-boom's other mode appends each line to one text, which it makes anew, up to 16 KiB, to measure it each time. */
const AS_BYTES = { contentMode: "buffer" } as object;

export interface LogStream extends DestinationStream {
  /** Lines lost since the start. */
  readonly dropped: () => number;
  /** Writes out what is buffered, synchronously; for the moment before the process ends. */
  flushSync(): void;
}

/** @param fd 1 for stdout, 2 for stderr; a terminal gets pretty lines, anything else NDJSON */
export function openLogStream(fd: 1 | 2): LogStream {
  if (isatty(fd)) {
    const stream = pretty({ destination: fd, sync: true, ignore: "pid,host,service_name" });
    return { write: (line) => stream.write(line), dropped: () => 0, flushSync: () => {} };
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
    flushSync() {
      try {
        if (!closed) buffer.flushSync();
      } catch {
        close();
      }
    },
  };
}
