/** The part of Alloy's configuration that is the same in Kubernetes and in Compose: what happens to a line. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { inCluster, STACK_NAMESPACE } from "./names.ts";

const BLOCK = /^([\w.]+)(?: "\w+")? \{\n[\s\S]*?^\}\n/gm;
/** The other blocks find containers of Docker; deploy/kubernetes/base/pods.alloy finds pods. */
const KEPT = new Set(["logging", "loki.process", "loki.write"]);

export function linesFile(): string {
  const text = readFileSync(join(ROOT, "loki/config.alloy"), "utf8");
  const blocks = [...text.matchAll(BLOCK)].filter(([, name = ""]) => KEPT.has(name));
  if (blocks.length !== KEPT.size)
    throw new Error(`loki/config.alloy: expected one block each of ${[...KEPT].join(", ")}`);
  const kept = blocks.map(([block]) => inCluster(block, `.${STACK_NAMESPACE}`));
  return `// Rendered from loki/config.alloy by \`make kubernetes\`: do not edit.\n\n${kept.join("\n")}`;
}
