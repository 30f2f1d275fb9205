/** The links of a document, and the anchors that its headings make. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Link {
  readonly line: number;
  /** As written, such as `../README.md#the-map`. */
  readonly target: string;
}

const FENCE = /^( *)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1\2 *$/gm;
const INLINE_CODE = /`[^`\n]+`/g;
const LINK = /\]\(([^)\s]+)(?: "[^"]*")?\)|\b(?:src|srcset|href)="([^"]+)"/g;
const HEADING = /^#{1,6} +(.+?) *$/gm;

const blank = (text: string): string => text.replaceAll(/[^\n]/g, " ");
const withoutFences = (text: string): string => text.replaceAll(FENCE, blank);

const read = (root: string, document: string): string => readFileSync(join(root, document), "utf8");

/** Every link in the text of a document; what stands in code is none. */
export function linksOf(root: string, document: string): readonly Link[] {
  const text = withoutFences(read(root, document)).replaceAll(INLINE_CODE, blank);
  return [...text.matchAll(LINK)].map(({ index, 1: markdown, 2: html }) => ({
    line: text.slice(0, index).split("\n").length,
    target: markdown ?? html ?? "",
  }));
}

/** The anchors of a document's headings, as GitHub makes them. */
export function anchorsOf(root: string, document: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of withoutFences(read(root, document)).matchAll(HEADING)) {
    const slug = heading
      .toLowerCase()
      .replaceAll(/\]\([^)]*\)/g, "")
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, "")
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}
