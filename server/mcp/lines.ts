/** Splits the bytes of a stream into lines. A line above a limit is reported and skipped, so that memory stays bounded. */
const NEWLINE = 0x0a;

export interface LineReader {
  /** Takes the next bytes. */
  read(chunk: Buffer): void;
  /** Takes the end of the stream: what follows the last newline is a line too. */
  end(): void;
}

/**
 * @param limit most bytes of a line, without its newline
 * @param onLine gets each line that is not blank
 * @param onOverlong called once for each line above the limit, as soon as the limit is reached
 */
export function lineReader(limit: number, onLine: (line: string) => void, onOverlong: () => void): LineReader {
  let parts: Buffer[] = [];
  let size = 0;
  const add = (part: Buffer) => {
    const wasWithin = size <= limit;
    size += part.length;
    if (size <= limit) parts.push(part);
    else if (wasWithin) {
      parts = [];
      onOverlong();
    }
  };
  const end = () => {
    const line = Buffer.concat(parts).toString().trim();
    parts = [];
    size = 0;
    if (line !== "") onLine(line);
  };
  return {
    read(chunk) {
      let start = 0;
      for (let to = chunk.indexOf(NEWLINE); to !== -1; to = chunk.indexOf(NEWLINE, start)) {
        add(chunk.subarray(start, to));
        end();
        start = to + 1;
      }
      add(chunk.subarray(start));
    },
    end,
  };
}
