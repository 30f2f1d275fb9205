/** Which imports point the wrong way, by the rules of `import-rules.ts`. */
import { cruise } from "dependency-cruiser";
import { RULES } from "./import-rules.ts";

const FOLDERS = ["server", "deploy", "dev", "test", "grafana", "prometheus"];
/** The compiler of TypeScript 7 has no API for dependency-cruiser yet. */
const READ = { tsPreCompilationDeps: true, parser: "swc", exclude: { path: "node_modules|\\.test\\.ts$" } } as const;
/** Fewer were not read rightly. */
const MIN_FILES = 100;

/** @param root the repository @returns one line for each forbidden import @throws when too few files were read */
export async function forbiddenImports(root: string): Promise<readonly string[]> {
  const ruleSet = { forbidden: [...RULES] };
  const { output } = await cruise(FOLDERS, { ...READ, ruleSet, validate: true, baseDir: root });
  if (typeof output === "string") throw new Error(output);
  const { violations, totalCruised } = output.summary;
  if (totalCruised < MIN_FILES) throw new Error(`only ${totalCruised} files were read: the rules prove nothing`);
  return violations.map(({ from, to, rule, cycle = [{ name: to }] }) => {
    const path = [from, ...cycle.map(({ name }) => name)].join(" → ");
    return `${path}: ${rule.name}: ${RULES.find(({ name }) => name === rule.name)?.comment}`;
  });
}
