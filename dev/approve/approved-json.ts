/** The text of the file of approved tools, made for reviews. */
import type { Approved } from "../../deploy/services/probe/approved.ts";
import { canonical, type ListedTool } from "../../deploy/services/probe/listing.ts";

/** Characters that a review does not show, and those that change how it shows the rest. */
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u2800]/gu;

/**
 * JSON with one value in a line, keys and tools in order, and escapes for characters that nobody sees: a change of one value
 * changes one line.
 */
export function approvedJson(approved: Approved): string {
  const inOrder = mapValues(approved, (listings) =>
    mapValues(listings, ({ instructions, tools }) => ({ instructions, tools: tools.toSorted(byNameOf) })),
  );
  const lines = JSON.stringify(JSON.parse(canonical(inOrder)), null, 2).split("\n");
  return `${lines.map((line) => line.replace(HIDDEN, escaped)).join("\n")}\n`;
}

const mapValues = <T>(object: Readonly<Record<string, T>>, change: (value: T) => unknown) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

/** Tools of the same name stay in the order in which they were listed. */
const byNameOf = (a: ListedTool, b: ListedTool): number => (a.name < b.name ? -1 : Number(a.name > b.name));

const escaped = (character: string): string =>
  character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
