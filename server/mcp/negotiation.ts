/** What the headers `Accept` and `Content-Type` mean, by RFC 9110. */

const TYPE = /^\s*([^\s;/]+)\/([^\s;/]+)\s*(?:;|$)/;

/** @returns whether `Accept` accepts a media type; the most specific range decides, and without the header every type is accepted */
export function accepts(accept: string | undefined, type: string): boolean {
  if (accept === undefined) return true;
  const qualities = new Map(accept.toLowerCase().split(",").map(mediaRange));
  const quality = qualities.get(type) ?? qualities.get(type.replace(/\/.*/, "/*")) ?? qualities.get("*/*") ?? 0;
  return quality > 0;
}

function mediaRange(range: string): [type: string, quality: number] {
  const [, type, subtype] = TYPE.exec(range) ?? [];
  const quality = Number(/;\s*q=([\d.]+)/.exec(range)?.[1] ?? 1);
  return [`${type}/${subtype}`, quality];
}

/** UTF-8, and ASCII, which is part of it. JSON has no other charset: RFC 8259, section 8.1. */
const CHARSETS: ReadonlySet<string> = new Set(["utf-8", "utf8", "us-ascii", "ascii"]);

/** @returns whether a `Content-Type` means JSON that can be read as UTF-8 */
export function isJson(contentType: string | undefined): boolean {
  const lower = contentType?.toLowerCase() ?? "";
  const [, type, subtype] = TYPE.exec(lower) ?? [];
  const charset = /;\s*charset="?([^\s;"]*)/.exec(lower)?.[1] ?? "utf-8";
  return type === "application" && subtype === "json" && CHARSETS.has(charset);
}
