/**
 * Finds what a person who reads a definition does not see: characters that are invisible or reverse the direction of text,
 * and a tool that has the name of another target's tool, so that an agent may call the wrong one. Whatever is approved was
 * looked at, and is not reported. What a description tells a model to do is not judged.
 */
import type { ProbeSuspicion } from "mcp-telemetry/conventions";
import { byName, canonical, type Listing } from "./listing.ts";

export interface Suspicion {
  readonly kind: ProbeSuspicion;
  /** Undefined for the instructions. */
  readonly tool?: string;
  /** The characters by their code points, or the targets that have the tool too. */
  readonly detail: readonly string[];
}

const BIDIRECTIONAL = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gv;
/** Also tags, variation selectors and fillers, by which text can be smuggled. Line feeds and tabs are text. */
const INVISIBLE =
  /[[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Zl}\p{Zp}\u2800\ufff9-\ufffb]--[\n\r\t\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]]/gv;
/** Joiners and variation selectors belong into a well-formed emoji. */
const EMOJI = /\p{RGI_Emoji}/gv;

/**
 * @param approved undefined: nothing of this target is
 * @param shadowed the other targets that have a tool of this name
 */
export function suspicionsIn(
  listing: Listing,
  approved: Listing | undefined,
  shadowed: (tool: string) => readonly string[],
): readonly Suspicion[] {
  const approvedTools = approved && byName(approved);
  const unapproved = [...byName(listing)].filter(
    ([tool, definitions]) => canonical(approvedTools?.get(tool)) !== canonical(definitions),
  );
  return [
    ...unapproved.flatMap(([tool, definitions]) => [
      ...hiddenIn(definitions).map((found) => ({ ...found, tool })),
      ...suspicion("shadowed_tool", shadowed(tool)).map((found) => ({ ...found, tool })),
    ]),
    ...(approved !== undefined && approved.instructions === listing.instructions ? [] : hiddenIn(listing.instructions)),
  ];
}

function hiddenIn(value: unknown): readonly Suspicion[] {
  const text = textsIn(value).join("\n").replace(EMOJI, "");
  return [
    ...suspicion("invisible_characters", codePoints(text, INVISIBLE)),
    ...suspicion("bidirectional_characters", codePoints(text, BIDIRECTIONAL)),
  ];
}

const suspicion = (kind: ProbeSuspicion, detail: readonly string[]): readonly Suspicion[] =>
  detail.length === 0 ? [] : [{ kind, detail }];

/** Every string in a value, and every key. @throws {RangeError} for a value that is nested too deep */
function textsIn(value: unknown): readonly string[] {
  const texts: string[] = [];
  JSON.stringify(value, (key, member: unknown) => {
    texts.push(key);
    if (typeof member === "string") texts.push(member);
    return member;
  });
  return texts;
}

const codePoints = (text: string, pattern: RegExp): readonly string[] =>
  [...new Set(text.match(pattern))].map((found) => `U+${hex(found)}`);

const hex = (character: string): string => (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");

/** The names of the tools that each target listed last. */
export class ToolNames {
  readonly #byTarget = new Map<string, ReadonlySet<string>>();

  listed(target: string, { tools }: Listing): void {
    this.#byTarget.set(target, new Set(tools.map(({ name }) => comparable(name))));
  }

  /** @returns the other targets that have a tool of this name, or of one that looks the same */
  elsewhere(target: string, tool: string): readonly string[] {
    const name = comparable(tool);
    return [...this.#byTarget].flatMap(([other, names]) => (other !== target && names.has(name) ? [other] : []));
  }
}

/** Case, width and characters that nobody sees do not tell two names apart. */
const comparable = (name: string): string =>
  name.normalize("NFKC").replace(INVISIBLE, "").replace(BIDIRECTIONAL, "").toLowerCase();
