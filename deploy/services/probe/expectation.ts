/** Checks the answer of the canary call. An error says what is missing, never what the answer contained. */
import { isDeepStrictEqual } from "node:util";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { ProbeFailure } from "./failure.ts";

export interface Expectation {
  /** Members that the structured content must have, each deeply equal. Other members are allowed. */
  readonly structured?: Readonly<Record<string, unknown>> | undefined;
  /** A string that one of the text contents must include. */
  readonly text?: string | undefined;
}

/** @throws {ProbeFailure} `tool_error` or `wrong_answer` */
export function checkAnswer(result: CallToolResult, { structured = {}, text }: Expectation): void {
  if (result.isError === true) throw new ProbeFailure("tool_error", "the tool answered with isError");
  for (const [name, value] of Object.entries(structured)) {
    if (!isDeepStrictEqual(result.structuredContent?.[name], value)) {
      throw new ProbeFailure("wrong_answer", `structured.${name} is not the expected value`);
    }
  }
  const texts = result.content.flatMap((content) => (content.type === "text" ? [content.text] : []));
  if (text !== undefined && !texts.some((part) => part.includes(text))) {
    throw new ProbeFailure("wrong_answer", "no text content includes the expected text");
  }
}
