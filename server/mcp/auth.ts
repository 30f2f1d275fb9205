/**
 * Authentication by bearer tokens. The tokens file has lines of `subject:sha256-of-token`. A token is looked up by its
 * hash, so that the time of a look-up tells nothing about a token.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { ANONYMOUS } from "../telemetry/conventions.ts";
import { BootError } from "../telemetry/listen.ts";

/** @returns the subject that an `Authorization` header authenticates; undefined when its token is missing or unknown */
type Authenticate = (authorization: string | undefined) => string | undefined;

/**
 * @param file the tokens file; without one, every caller is `anonymous`
 * @throws {BootError} when the file cannot be read or has an invalid line; the message has the line's number, not its content
 */
export function authenticator(file: string | undefined): Authenticate {
  if (file === undefined) return () => ANONYMOUS;
  const subjects = readTokens(file);
  return (authorization) => {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) return undefined;
    return subjects.get(createHash("sha256").update(token).digest("hex"));
  };
}

function readTokens(file: string): ReadonlyMap<string, string> {
  const subjects = new Map<string, string>();
  for (const [index, line] of contentOf(file).split("\n").entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const match = /^([^:\s]+):([0-9a-f]{64})\s*$/i.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) {
      throw new BootError(`MCP_AUTH_TOKENS_FILE, line ${index + 1}: expected subject:sha256-of-token (64 hex digits)`);
    }
    subjects.set(match[2].toLowerCase(), match[1]);
  }
  return subjects;
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new BootError(`MCP_AUTH_TOKENS_FILE: cannot read ${file}`);
  }
}
