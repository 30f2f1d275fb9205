/**
 * Authentication by bearer tokens. The tokens file has lines of `subject:sha256-of-token`. A token is looked up by its
 * hash, so that the time of a look-up tells nothing about a token.
 */
import { createHash } from "node:crypto";
import { readFileSync, watchFile } from "node:fs";
import type { Telemetry } from "mcp-telemetry";
import { ANONYMOUS } from "mcp-telemetry/conventions";
import { BootError } from "mcp-telemetry/listen";

const POLL_MS = 1000;

type Reported = Pick<Telemetry, "logger" | "authenticated">;

/** @returns the subject that an `Authorization` header authenticates; undefined when its token is missing or unknown */
type Authenticate = (authorization: string | undefined) => string | undefined;

/**
 * @param file the tokens file, which is read again when it changes; without one, every caller is `anonymous`
 * @throws {BootError} when the file cannot be read or has an invalid line; the message has the line's number, not its content
 */
export function authenticator(file: string | undefined, { logger, authenticated }: Reported): Authenticate {
  if (file === undefined) return () => ANONYMOUS;
  let subjects = readTokens(file);
  const reread = () => {
    try {
      subjects = readTokens(file);
      logger.info("the tokens were read again");
    } catch (err) {
      logger.error({ err }, "the tokens cannot be read: the former ones stay valid");
    }
  };
  watchFile(file, { interval: POLL_MS, persistent: false }, reread);
  return (authorization) => {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) {
      authenticated(authorization === undefined ? "missing_token" : "malformed_header");
      return undefined;
    }
    const subject = subjects.get(createHash("sha256").update(token).digest("hex"));
    authenticated(subject === undefined ? "unknown_token" : "success");
    return subject;
  };
}

function readTokens(file: string): ReadonlyMap<string, string> {
  const subjects = new Map<string, string>();
  for (const [index, line] of contentOf(file).split("\n").entries()) {
    // `trim` removes a byte order mark too.
    if (line.trim() === "" || line.trim().startsWith("#")) continue;
    const fail = (problem: string) => new BootError(`MCP_AUTH_TOKENS_FILE, line ${index + 1}: ${problem}`);
    const [, subject, digits] = /^([^:\s]+):([0-9a-f]{64})$/i.exec(line.trim()) ?? [];
    if (subject === undefined || digits === undefined) throw fail("expected subject:sha256-of-token (64 hex digits)");
    if (subject === ANONYMOUS) throw fail(`no subject may be named ${ANONYMOUS}`);
    const hash = digits.toLowerCase();
    if ((subjects.get(hash) ?? subject) !== subject) throw fail("another subject has the same token");
    subjects.set(hash, subject);
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
