/**
 * `PUT /debug/<session id>?seconds=600` turns debug lines on for one open session, `DELETE` turns them off. A request
 * needs the bearer token of `MCP_ADMIN_TOKEN_FILE`. Without that file, the endpoint does not exist.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { BootError } from "../listen.ts";
import type { DebugSwitch } from "../logging/debug-switch.ts";

const MAX_SECONDS = 3600;

type Reply = readonly [status: number, body: string];

/** @returns undefined for a path outside of `/debug/` */
export type DebugEndpoint = (request: IncomingMessage, url: URL) => Reply | undefined;

/**
 * @param isOpen whether a session with that id is open in this process
 * @throws {BootError} when the token file cannot be read or is empty
 */
export function debugEndpoint(
  tokenFile: string,
  debug: DebugSwitch,
  isOpen: (sessionId: string) => boolean,
): DebugEndpoint {
  const expected = sha256(readToken(tokenFile));
  return (request, url) => {
    const sessionId = /^\/debug\/([^/]+)$/.exec(url.pathname)?.[1];
    if (sessionId === undefined) return undefined;
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
    if (!timingSafeEqual(sha256(token), expected)) return [401, "send the admin token as a bearer token\n"];
    if (!isOpen(sessionId)) return [404, "no such open session in this process\n"];
    if (request.method === "DELETE") {
      debug.off(sessionId);
      return [200, "off\n"];
    }
    const seconds = Number(url.searchParams.get("seconds") ?? 600);
    if (request.method !== "PUT") return [405, "use PUT or DELETE\n"];
    if (!(seconds >= 1 && seconds <= MAX_SECONDS)) return [400, `seconds: expected 1 to ${MAX_SECONDS}\n`];
    debug.on(sessionId, seconds);
    return [200, `on for ${seconds} s\n`];
  };
}

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

function readToken(file: string): string {
  let token = "";
  try {
    token = readFileSync(file, "utf8").trim();
  } catch {
    throw new BootError(`MCP_ADMIN_TOKEN_FILE: cannot read ${file}`);
  }
  if (token === "") throw new BootError(`MCP_ADMIN_TOKEN_FILE: ${file} is empty`);
  return token;
}
