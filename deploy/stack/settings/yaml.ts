/** Reading a YAML file, changing its texts, writing it down. */
import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";

export const readYaml = (path: string): unknown => parse(readFileSync(path, "utf8"), { merge: true });

export const toYaml = (value: unknown): string => stringify(value, { lineWidth: 0 });

/** A copy with every text, keys excepted, replaced. @param change gets a text and the key it stands under */
export function mapTexts(value: unknown, change: (text: string, key: string) => string, key = ""): unknown {
  if (typeof value === "string") return change(value, key);
  if (Array.isArray(value)) return value.map((member) => mapTexts(member, change, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapTexts(member, change, name)]));
}
