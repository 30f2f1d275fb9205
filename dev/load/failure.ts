/** What is wrong with an answer, in words that are the same for each answer of a kind. */
import type { Answer } from "../lib/mcp-wire.ts";

interface Message {
  readonly error?: { readonly code: number; readonly message: string };
  readonly result?: { readonly isError?: boolean };
}

/** @returns undefined when the answer has the result of a tool */
export function failureOf({ status, headers, body }: Answer): string | undefined {
  const text = headers["content-type"]?.startsWith("text/event-stream") ? lastEvent(body) : body;
  const { error, result } = parsed(text);
  if (error !== undefined) return `HTTP ${status}, JSON-RPC ${error.code}: ${error.message}`;
  if (result === undefined) return `HTTP ${status} without a JSON-RPC answer`;
  return result.isError ? "the tool failed" : undefined;
}

/** The answer is the last event of its stream; a tool's progress may come before it. */
const lastEvent = (stream: string): string => /(?:^|\n)data: (.*)\n\n$/.exec(stream)?.[1] ?? "";

function parsed(text: string): Message {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** @param error what a request threw: the system's code, where there is one */
export const networkFailure = (error: unknown): string =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
