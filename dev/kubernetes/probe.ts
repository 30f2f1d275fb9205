/**
 * The probe's targets: those of the Compose stack, through the router, with a token, and less often. What is approved of them
 * is the same.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { readYaml, toYaml } from "../../deploy/stack/settings/yaml.ts";

interface TargetsFile {
  readonly targets: readonly { readonly url: string; readonly interval: string; readonly timeout: string }[];
}

export const approvedFile = (): string => readFileSync(join(ROOT, "deploy/services/probe/approved.json"), "utf8");

export function targetsFile(): string {
  const { targets } = readYaml(join(ROOT, "deploy/services/probe/targets.yml")) as TargetsFile;
  const inCluster = targets.map(({ url, ...target }) => ({
    ...target,
    url: url.replace(/(?<=^https?:\/\/)[^:/]+/, "router"),
    interval: "15s",
    timeout: "3s",
    token_file: "/etc/probe-token/token",
  }));
  return `# Rendered from deploy/services/probe/targets.yml by \`make kubernetes\`: do not edit.\n${toYaml({ targets: inCluster })}`;
}
