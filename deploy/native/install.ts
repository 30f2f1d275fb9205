/** `make programs`: on Debian as root, the distribution's Prometheus and Alertmanager, and Chromium for the tests. */
import { stackVariables } from "../stack/environment.ts";
import { findChromium, findProgram, howToGet, installMissing } from "./programs.ts";
import { SERVICES } from "./services.ts";

const variables = stackVariables();
const missing = (): readonly string[] => [
  ...SERVICES.filter(({ programs }) => programs.length > 0 && findProgram(programs, variables) === undefined).map(
    ({ name }) => name,
  ),
  ...(findChromium(variables) === undefined ? ["chromium"] : []),
];

installMissing(missing(), variables);
for (const name of missing()) process.stdout.write(`${name} is absent: ${howToGet(name)}\n`);
