const WIDTH = 200;

/** JSON with readable diffs: keys in order, and each value that fits in one line. */
export const sortedJson = (value: unknown): string => `${lines(value, "")}\n`;

function lines(value: unknown, indent: string): string {
  if (Array.isArray(value)) return `[${value.map((name) => JSON.stringify(name)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${deeper}${JSON.stringify(key)}: ${lines(member, deeper)}`);
  const flat = `{ ${members.map((member) => member.trimStart()).join(", ")} }`;
  return indent !== "" && flat.length < WIDTH && !flat.includes("\n") ? flat : `{\n${members.join(",\n")}\n${indent}}`;
}
