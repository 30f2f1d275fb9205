/** `make runbook-links`: writes RUNBOOKS_URL of `.env` into every rule and into the rules' tests. */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { ROOT, stackVariables } from "../../deploy/stack/settings/environment.ts";

const base = stackVariables().RUNBOOKS_URL;
let changed = 0;
for (const file of globSync("{prometheus/{rules,tests},loki/rules}/*.yml", { cwd: ROOT })) {
  const before = readFileSync(`${ROOT}${file}`, "utf8");
  const after = before.replace(/(runbook_url: ).+\/(\w+\.md)$/gm, (_, key: string, name: string) => {
    return `${key}${base}/${name}`;
  });
  if (after === before) continue;
  writeFileSync(`${ROOT}${file}`, after);
  changed += 1;
}
process.stdout.write(`${changed} files changed; runbook links point to ${base}\n`);
