/** The options of `make init`, from the environment. README.md describes them. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { composeProject } from "../../deploy/stack/settings/compose-files.ts";
import { ROOT, stackVariables } from "../../deploy/stack/settings/environment.ts";

export interface InitOptions {
  /** The new name of service and project. */
  readonly name: string;
  readonly dropDemo: boolean;
  readonly dropTemplate: boolean;
  /** Of the package; undefined: as it is, but for the template's own. */
  readonly description: string | undefined;
  /** Where the runbooks will be read; undefined: as it is. */
  readonly runbooksUrl: string | undefined;
  /** Of the licence's copyright; undefined: as it is. */
  readonly holder: string | undefined;
  /** Show only. */
  readonly dry: boolean;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_NAME = 40;

/** @param current the service's name now @throws naming every variable that cannot be used */
export function readOptions(environment: NodeJS.ProcessEnv, current: string): InitOptions {
  const { NAME: name = "", DEMO = "keep", TEMPLATE = "keep", RUNBOOKS_URL, DESCRIPTION, HOLDER, DRY } = environment;
  const problems: string[] = [];
  if (!NAME.test(name) || name.length > MAX_NAME) {
    problems.push(`NAME: expected lower-case letters, digits and single hyphens, up to ${MAX_NAME}: NAME=my-server`);
  } else if (name !== current && namesInUse().has(name)) {
    problems.push(`NAME: ${name} is the name of another service or folder of this repository`);
  }
  for (const [option, value] of Object.entries({ DEMO, TEMPLATE })) {
    if (!["keep", "drop"].includes(value)) problems.push(`${option}: expected keep or drop`);
  }
  if (RUNBOOKS_URL && !URL.canParse(RUNBOOKS_URL)) {
    problems.push("RUNBOOKS_URL: expected a URL such as https://github.com/me/my-server/blob/main/prometheus/runbooks");
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return {
    name,
    dropDemo: DEMO === "drop",
    dropTemplate: TEMPLATE === "drop",
    description: DESCRIPTION || undefined,
    runbooksUrl: RUNBOOKS_URL || undefined,
    holder: HOLDER || undefined,
    dry: DRY === "1",
  };
}

/** Names of services and folders: they would be renamed too, the next time. */
function namesInUse(): ReadonlySet<string> {
  const { services } = composeProject(stackVariables());
  return new Set([...Object.keys(services), ...readdirSync(ROOT), ...readdirSync(join(ROOT, "server"))]);
}
