/** Finds the imports that the rules of `import-rules.ts` forbid. */
import { cruise } from "dependency-cruiser";
import { RULES } from "./import-rules.ts";

const FOLDERS = ["server", "deploy", "dev", "test", "grafana", "prometheus"];
/** The compiler of TypeScript 7 has no API for dependency-cruiser yet. */
const CRUISE_OPTIONS = {
  tsPreCompilationDeps: true,
  parser: "swc",
  exclude: { path: "node_modules|\\.test\\.ts$" },
} as const;
/** With fewer files than this, dependency-cruiser did not read the repository correctly. */
const MIN_FILES = 100;

/** @param root the repository @returns one line for each forbidden import @throws when too few files were read */
export async function forbiddenImports(root: string): Promise<readonly string[]> {
  const ruleSet = { forbidden: [...RULES] };
  const { output } = await cruise(FOLDERS, { ...CRUISE_OPTIONS, ruleSet, validate: true, baseDir: root });
  if (typeof output === "string") throw new Error(output);
  const { violations, totalCruised } = output.summary;
  if (totalCruised < MIN_FILES)
    throw new Error(`dependency-cruiser read only ${totalCruised} files of at least ${MIN_FILES}`);
  return violations.map(({ from, to, rule, cycle = [{ name: to }] }) => {
    const path = [from, ...cycle.map(({ name }) => name)].join(" → ");
    return `${path}: ${rule.name}: ${RULES.find(({ name }) => name === rule.name)?.comment}`;
  });
}
