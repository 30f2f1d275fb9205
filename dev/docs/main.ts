/** `make docs`: the tables of the documents that are made from the code. `--check` compares only. */
import { readFileSync, writeFileSync } from "node:fs";
import { alertTable } from "./alerts.ts";
import { configuration } from "./configuration.ts";
import { emitted } from "./emitted.ts";

const DOCUMENTS = ["README.md", "server/telemetry/README.md"].map((path) => new URL(`../../${path}`, import.meta.url));
/** What lies between `<!-- name: … -->` and `<!-- /name -->`. */
const SECTIONS = { emitted, configuration, alerts: alertTable };

for (const document of DOCUMENTS) {
  const before = readFileSync(document, "utf8");
  let after = before;
  for (const [name, table] of Object.entries(SECTIONS)) {
    const section = new RegExp(`(<!-- ${name}: [^>]*-->\n)[\\s\\S]*?(<!-- /${name} -->)`);
    after = after.replace(section, (_, open: string, close: string) => `${open}\n${table()}\n\n${close}`);
  }
  if (!process.argv.includes("--check")) writeFileSync(document, after);
  else if (before !== after) {
    process.stderr.write(`${document.pathname}: out of date, make docs\n`);
    process.exitCode = 1;
  }
}
