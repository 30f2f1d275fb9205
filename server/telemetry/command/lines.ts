/** Cuts a stream of bytes into lines. A line above the limit is passed on in parts, so that memory stays bounded. */
const NEWLINE = 0x0a;
/** Of one line, in bytes. */
const MAX_LINE = 64 * 1024 ** 2;

export interface Lines {
  /** Takes the next bytes. */
  read(chunk: Buffer): void;
  /** Takes the end of the stream: passes on what follows the last newline. */
  end(): void;
}

/**
 * All bytes arrive at the two callbacks, unchanged and in order.
 *
 * @param onLine gets each line with its newline
 * @param onPart gets a part of a line that is above the limit
 */
export function cutIntoLines(
  onLine: (line: Buffer) => void,
  onPart: (part: Buffer) => void,
  limit: number = MAX_LINE,
): Lines {
  let parts: Buffer[] = [];
  let size = 0;
  let overlong = false;
  const flush = (pass: (bytes: Buffer) => void) => {
    if (size > 0) pass(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts));
    parts = [];
    size = 0;
  };
  const add = (part: Buffer) => {
    parts.push(part);
    size += part.length;
    overlong ||= size > limit;
    if (overlong) flush(onPart);
  };
  return {
    read(chunk) {
      let start = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, start)) {
        add(chunk.subarray(start, at + 1));
        flush(onLine);
        overlong = false;
        start = at + 1;
      }
      if (start < chunk.length) add(chunk.subarray(start));
    },
    end: () => flush(onLine),
  };
}
