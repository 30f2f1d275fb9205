/** The log of a process whose transport is not known from the start: over stdio, stdout carries the protocol. */
import { type LogStream, openLogStream } from "./stream.ts";

export interface MovableStream extends LogStream {
  /** Writes to stderr from now on. */
  moveToStderr(): void;
}

/** @param fd 1 for stdout, 2 for stderr */
export function movableStream(fd: 1 | 2): MovableStream {
  const opened = [openLogStream(fd)];
  let current = opened[0] as LogStream;
  let onStderr = fd === 2;
  return {
    write: (line) => current.write(line),
    dropped: () => opened.reduce((sum, stream) => sum + stream.dropped(), 0),
    async end() {
      await Promise.all(opened.map((stream) => stream.end()));
    },
    moveToStderr() {
      if (onStderr) return;
      onStderr = true;
      void current.end();
      current = openLogStream(2);
      opened.push(current);
    },
  };
}
