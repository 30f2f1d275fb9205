/**
 * Which era a message belongs to. A message of revision 2026-07-28 or later says so in its `_meta`, and over HTTP in the
 * header `MCP-Protocol-Version` too. Every other message, and every `initialize` without such a `_meta`, is of the era
 * with sessions.
 */
import { PROTOCOL_VERSION_META_KEY } from "@modelcontextprotocol/server";
import { STATELESS_REVISIONS } from "mcp-telemetry/conventions";

/** Newest first. */
export const MODERN_REVISIONS: readonly string[] = [...STATELESS_REVISIONS].toSorted().reverse();
const FIRST = MODERN_REVISIONS.at(-1) ?? "";

type Members = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @returns what `_meta` claims; undefined without a claim */
export function claimedRevision(message: unknown): unknown {
  const params = isObject(message) ? message.params : undefined;
  const meta = isObject(params) ? params._meta : undefined;
  return isObject(meta) ? meta[PROTOCOL_VERSION_META_KEY] : undefined;
}

/** @param body one message, or a batch of them @param header the value of `MCP-Protocol-Version` */
export function isModern(body: unknown, header?: string): boolean {
  if (Array.isArray(body)) return body.some((message) => isModern(message));
  const claimed = claimedRevision(body);
  if (isObject(body) && body.method === "initialize") return typeof claimed === "string" && isModernRevision(claimed);
  return claimed !== undefined || (header !== undefined && isModernRevision(header));
}

/** Revisions are dates. */
const isModernRevision = (revision: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(revision) && revision >= FIRST;
