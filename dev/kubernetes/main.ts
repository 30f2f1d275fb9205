/** `make kubernetes`: writes what deploy/kubernetes has from the rest of the repository. `--check` only compares. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { KUBERNETES } from "./names.ts";
import { rendered } from "./render.ts";

const check = process.argv.includes("--check");

for (const [name, text] of Object.entries(rendered())) {
  const path = join(KUBERNETES, name);
  if (!check) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } else if (!existsSync(path) || readFileSync(path, "utf8") !== text) {
    process.stderr.write(`deploy/kubernetes/${name} is out of date: run make kubernetes\n`);
    process.exitCode = 1;
  }
}
