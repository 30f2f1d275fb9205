/** One line of the doctor's: what was looked at, what is there, and what to do where it is wrong. */
export interface Finding {
  readonly what: string;
  readonly seen: string;
  /** What to do; present: something is wrong. */
  readonly remedy?: string | undefined;
  /** Nothing is wrong and nothing is there: said, not counted. */
  readonly absent?: boolean;
}

/** What is wrong stands last, next to the prompt. */
export function report(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ what }) => what.length));
  const wrong = findings.filter(({ remedy }) => remedy !== undefined);
  const lines = findings
    .filter((finding) => !wrong.includes(finding))
    .map(({ what, seen, absent }) => `${absent ? "–    " : "ok   "}  ${what.padEnd(width)}  ${seen}`);
  const mend = wrong.map(({ what, seen, remedy }) => `WRONG  ${what.padEnd(width)}  ${seen}\n       → ${remedy}`);
  const verdict = wrong.length === 0 ? "nothing is wrong" : `${wrong.length} to mend`;
  return [...lines, ...mend, verdict].join("\n");
}
