/** The part of `make lint` that checks the import rules. */
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { forbiddenImports } from "./imports.ts";

const forbidden = await forbiddenImports(ROOT);
for (const line of forbidden) process.stderr.write(`${line}\n`);
process.exitCode = forbidden.length === 0 ? 0 : 1;
