/** One check of `make doctor`: what it checked, what it found, and how to fix it. */
export interface Finding {
  readonly subject: string;
  readonly found: string;
  /** What to do, with the command to type. A finding with a fix is a problem. */
  readonly fix?: string | undefined;
  /** Something optional is not there: printed, but not a problem. */
  readonly absent?: boolean;
}

/** The text that `make doctor` prints. Problems come last, next to the prompt. */
export function report(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  const problems = findings.filter(({ fix }) => fix !== undefined);
  const lines = findings
    .filter((finding) => !problems.includes(finding))
    .map(({ subject, found, absent }) => `${absent ? "–      " : "ok     "}  ${subject.padEnd(width)}  ${found}`);
  const details = problems.map(
    ({ subject, found, fix }) => `PROBLEM  ${subject.padEnd(width)}  ${found}\n         fix: ${fix}`,
  );
  const count = problems.length === 1 ? "1 problem found" : `${problems.length || "no"} problems found`;
  return [...lines, ...details, count].join("\n");
}
