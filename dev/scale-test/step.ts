/** One step of a test: what it found is said at once, and again in the report. */
import { type Finding, finding } from "../lib/report.ts";

export const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** @param look throws what is wrong */
export async function step(signal: string, look: () => Promise<string>): Promise<Finding> {
  const found = await finding(signal, "", look);
  say(`${signal}: ${found.verdict} ${found.detail}`);
  return found;
}
