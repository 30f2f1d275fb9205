/**
 * Adds members to `params._meta` in the text of a JSON-RPC message. Every other byte stays as it is: a number above 2^53
 * would not survive that the message is parsed and written again.
 */

/** Where a member's value is in the text. */
interface Member {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/**
 * @param text a valid JSON object
 * @param added replaces members of the same name
 * @returns the text as it is when `params` or `_meta` is not an object
 */
export function addToMeta(text: string, added: Readonly<Record<string, string>>): string {
  const params = last(text, skipSpace(text, 0), "params");
  if (params === undefined) return insert(text, skipSpace(text, 0), `"params":{"_meta":${JSON.stringify(added)}}`);
  if (text[params.start] !== "{") return text;
  const meta = last(text, params.start, "_meta");
  if (meta === undefined) return insert(text, params.start, `"_meta":${JSON.stringify(added)}`);
  if (text[meta.start] !== "{") return text;
  let changed = text;
  for (const [key, value] of Object.entries(added)) {
    const json = JSON.stringify(value);
    const present = last(changed, meta.start, key);
    changed =
      present === undefined
        ? insert(changed, meta.start, `${JSON.stringify(key)}:${json}`)
        : changed.slice(0, present.start) + json + changed.slice(present.end);
  }
  return changed;
}

/** @param object the position of its brace */
function insert(text: string, object: number, member: string): string {
  const isEmpty = text[skipSpace(text, object + 1)] === "}";
  return `${text.slice(0, object + 1)}${member}${isEmpty ? "" : ","}${text.slice(object + 1)}`;
}

/** Of members with the same name, parsers take the last. */
const last = (text: string, object: number, key: string): Member | undefined =>
  membersOf(text, object).findLast((member) => member.key === key);

function membersOf(text: string, object: number): Member[] {
  const members: Member[] = [];
  let at = skipSpace(text, object + 1);
  while (text[at] !== "}") {
    const keyEnd = endOfString(text, at);
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = endOfValue(text, start);
    members.push({ key: JSON.parse(text.slice(at, keyEnd)), start, end });
    at = skipSpace(text, end);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return members;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\t" || text[at] === "\n" || text[at] === "\r") at += 1;
  return at;
}

/** @returns the position after the closing quote */
function endOfString(text: string, quote: number): number {
  let at = quote + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function endOfValue(text: string, start: number): number {
  if (text[start] === '"') return endOfString(text, start);
  let depth = 0;
  let at = start;
  for (;;) {
    const character = text[at];
    if (character === '"') {
      at = endOfString(text, at);
      continue;
    }
    if (depth === 0 && (character === "," || character === "}" || character === "]")) return at;
    if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    at += 1;
    if (depth === 0 && (character === "}" || character === "]")) return at;
  }
}
