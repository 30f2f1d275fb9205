/** A bearer token from a file, read for each probe, because tokens are rotated. */
import { readFileSync } from "node:fs";

/** @returns a function that reads the token; it returns the previous one while the file cannot be read */
export function tokenReader(file: string | undefined): () => string | undefined {
  let token: string | undefined;
  return () => {
    if (file === undefined) return undefined;
    try {
      token = readFileSync(file, "utf8").trim();
    } catch {
      // The file is being replaced: the next probe reads the new token.
    }
    return token;
  };
}
