/** A bearer token from a file, read anew each time, because tokens are rotated. */
import { readFileSync } from "node:fs";

/** @returns the token; while the file cannot be read, the one it held before */
export function tokenReader(file: string | undefined): () => string | undefined {
  let token: string | undefined;
  return () => {
    if (file === undefined) return undefined;
    try {
      token = readFileSync(file, "utf8").trim();
    } catch {
      // Replaced this very moment: the next probe sees the new one.
    }
    return token;
  };
}
