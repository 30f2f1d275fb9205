/** What `make init` was asked for. All that cannot be used is said at once. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { composeProject } from "../../deploy/stack/settings/compose-files.ts";
import { ROOT, stackVariables } from "../../deploy/stack/settings/environment.ts";

export interface InitOptions {
  /** The new name of service and project. */
  readonly name: string;
  readonly dropDemo: boolean;
  /** Where the runbooks will be read; undefined: as it is. */
  readonly runbooksUrl: string | undefined;
  /** Of the licence; undefined: as it is. */
  readonly holder: string | undefined;
  /** Show only. */
  readonly dry: boolean;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_NAME = 40;

/** @param current the service's name now @throws naming every variable that cannot be used */
export function readOptions(environment: NodeJS.ProcessEnv, current: string): InitOptions {
  const { NAME: name = "", DEMO = "keep", RUNBOOKS_URL, HOLDER, DRY } = environment;
  const problems: string[] = [];
  if (!NAME.test(name) || name.length > MAX_NAME) {
    problems.push(`NAME: expected lower-case letters, digits and single hyphens, up to ${MAX_NAME}: NAME=my-server`);
  } else if (name !== current && taken().has(name)) {
    problems.push(`NAME: ${name} is another part of this repository; choose another name`);
  }
  if (!["keep", "drop"].includes(DEMO)) problems.push("DEMO: expected keep or drop");
  if (RUNBOOKS_URL && !URL.canParse(RUNBOOKS_URL)) {
    problems.push("RUNBOOKS_URL: expected a URL such as https://github.com/me/my-server/blob/main/prometheus/runbooks");
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return {
    name,
    dropDemo: DEMO === "drop",
    runbooksUrl: RUNBOOKS_URL || undefined,
    holder: HOLDER || undefined,
    dry: DRY === "1",
  };
}

/** Words that mean something here: services, folders, tools. */
function taken(): ReadonlySet<string> {
  const { services } = composeProject(stackVariables());
  return new Set([...Object.keys(services), ...readdirSync(ROOT), ...readdirSync(join(ROOT, "server"))]);
}
