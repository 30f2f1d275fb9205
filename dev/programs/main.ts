/** `make programs`: on Debian as root, installs the distribution's Prometheus and Alertmanager, and Chromium for tests. */
import { findChromium, findProgram, howToGet, installMissing } from "../../deploy/stack/native/programs.ts";
import { nativeServices } from "../../deploy/stack/native/services.ts";
import { stackVariables } from "../../deploy/stack/settings/environment.ts";

const variables = stackVariables();
const missing = (): readonly string[] => [
  ...nativeServices(variables)
    .filter(({ programs }) => programs.length > 0 && findProgram(programs, variables) === undefined)
    .map(({ name }) => name),
  ...(findChromium(variables) === undefined ? ["chromium"] : []),
];

installMissing(missing(), variables);
for (const name of missing()) process.stdout.write(`${name} is not installed; to install it: ${howToGet(name)}\n`);
