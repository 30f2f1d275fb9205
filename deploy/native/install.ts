/** `make programs`: on Debian as root, the distribution's Prometheus and Alertmanager. */
import { stackVariables } from "../stack/environment.ts";
import { findProgram, howToGet, installMissing } from "./programs.ts";
import { SERVICES } from "./services.ts";

const variables = stackVariables();
const missing = () =>
  SERVICES.filter(({ programs }) => programs.length > 0 && findProgram(programs, variables) === undefined);

installMissing(
  missing().map(({ name }) => name),
  variables,
);
for (const { name } of missing()) process.stdout.write(`${name} is absent: ${howToGet(name)}\n`);
