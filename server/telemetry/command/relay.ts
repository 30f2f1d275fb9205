/** Passes lines from one stream to another. What observes them may fail: then they are passed on as they are. */
import type { Readable, Writable } from "node:stream";
import { cutIntoLines, type Lines } from "./lines.ts";
import type { Pass } from "./observer.ts";

/** @param onPart gets what is passed on without being observed */
export type Cut = (onWhole: (bytes: Buffer) => void, onPart: (bytes: Buffer) => void) => Lines;

/**
 * Resolves when the source has ended and all of it is written. When the target takes no more, the source is closed, so
 * that who writes to it learns of it.
 *
 * @param observe gets each line, and passes it on itself or not at all; it may throw
 * @param cut cuts the stream into something other than lines
 */
export async function relay(
  source: Readable,
  target: Writable,
  observe: (line: Buffer, pass: Pass) => void,
  cut: Cut = cutIntoLines,
): Promise<void> {
  let written: Promise<void> = Promise.resolve();
  const write: Pass = (bytes) => {
    const done = new Promise<void>((resolve, reject) => {
      if (!target.write(bytes, (error) => (error ? reject(error) : resolve()))) source.pause();
    });
    written = done.catch(() => {});
    return done;
  };
  const lines = cut(
    (line) => passOnce(line, write, observe),
    (part) => void write(part).catch(() => {}),
  );
  target.on("drain", () => source.resume()).on("error", () => source.destroy());
  source.on("data", (chunk: Buffer) => lines.read(chunk));
  await new Promise<void>((resolve) => source.once("end", resolve).once("error", resolve).once("close", resolve));
  lines.end();
  await written;
}

function passOnce(line: Buffer, write: Pass, observe: (line: Buffer, pass: Pass) => void): void {
  let passed: Promise<void> | undefined;
  const pass: Pass = (bytes) => {
    passed ??= write(bytes);
    return passed;
  };
  try {
    observe(line, pass);
  } catch {
    // Telemetry never stops a message.
  }
  pass(line).catch(() => {});
}
