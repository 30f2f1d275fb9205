/**
 * Makes characters visible that a terminal or a browser would obey: control characters such as ESC, and format characters
 * such as those that reverse the direction of text. Each becomes its code, as in `\u{202e}`. Line feeds and tabs stay.
 */
const HIDDEN = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/gu;

export const visible = (text: string): string => text.replace(HIDDEN, (found) => `\\u{${code(found)}}`);

/** The same for the texts in a line of JSON, where some of these characters are escaped already. */
export const visibleJson = (line: string): string =>
  line.replace(/\\u[0-9a-f]{4}|\\.|[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/gu, (found) => {
    if (found.startsWith("\\")) return /^\\(?:u|[bfr])/.test(found) ? `\\${found}` : found;
    return `\\\\u{${code(found)}}`;
  });

const code = (character: string): string => (character.codePointAt(0) ?? 0).toString(16);
