/** Reads a line as a JSON-RPC message. */
import { isUtf8 } from "node:buffer";
import type { Message, RequestId } from "../observe/mcp.ts";
import { asFields } from "../request/call.ts";

const isId = (value: unknown): value is RequestId => typeof value === "string" || typeof value === "number";

/** @returns undefined for a line that is no message: it is not observed */
export function messageIn(line: Buffer): Message | undefined {
  if (!isUtf8(line)) return undefined;
  const value = parsed(line);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { id, method, params, result, error } = value as Record<string, unknown>;
  if (typeof method === "string") {
    if (id !== undefined && !isId(id)) return undefined;
    return { jsonrpc: "2.0", ...(id !== undefined && { id }), method, params: asFields(params) };
  }
  if (method !== undefined || !isId(id)) return undefined;
  return typeof error === "object" && error !== null
    ? { jsonrpc: "2.0", id, error: { code: codeOf(error) } }
    : { jsonrpc: "2.0", id, result };
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString());
  } catch {
    return undefined;
  }
}

/** 0 for what is no code: the server chose it, and it becomes a label. */
function codeOf(error: object): number {
  const code = "code" in error ? error.code : undefined;
  return Number.isSafeInteger(code) ? (code as number) : 0;
}
