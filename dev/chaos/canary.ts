/** A text in everything that hostile callers send, at the places whose content no signal may hold. */
export const CANARY = "canary-chaos-vermilion";

const AROUND = 120;

/** What stands around the first canary; undefined when there is none. */
export function canaryIn(text: Buffer | string): string | undefined {
  const at = text.indexOf(CANARY);
  if (at < 0) return undefined;
  const around = text.slice(Math.max(0, at - AROUND), at + CANARY.length + AROUND);
  return around.toString().replace(/[^ -~]+/g, " ");
}
