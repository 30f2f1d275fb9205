import { globSync } from "node:fs";
import { ROOT } from "../../deploy/stack/settings/environment.ts";

/** Paths of all documents, relative to the repository. */
export const documents = (): readonly string[] =>
  globSync("**/*.md", { cwd: ROOT, exclude: ["**/node_modules", ".*"] }).toSorted();
