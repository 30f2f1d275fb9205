/** Whether the canary's answer is the right one. What it was instead is never said: only what is missing. */
import { isDeepStrictEqual } from "node:util";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { ProbeFailure } from "./failure.ts";

export interface Expectation {
  /** Members of the structured content, each exactly equal; further members may be there. */
  readonly structured?: Readonly<Record<string, unknown>> | undefined;
  /** A part of the text content. */
  readonly text?: string | undefined;
}

/** @throws {ProbeFailure} `tool_error` or `wrong_answer` */
export function judge(result: CallToolResult, { structured = {}, text }: Expectation): void {
  if (result.isError === true) throw new ProbeFailure("tool_error", "the tool answered with isError");
  for (const [name, value] of Object.entries(structured)) {
    if (!isDeepStrictEqual(result.structuredContent?.[name], value)) {
      throw new ProbeFailure("wrong_answer", `structured.${name} is not what is expected`);
    }
  }
  const texts = result.content.flatMap((content) => (content.type === "text" ? [content.text] : []));
  if (text !== undefined && !texts.some((part) => part.includes(text))) {
    throw new ProbeFailure("wrong_answer", "no text holds what is expected");
  }
}
