/**
 * `make doctor`: finds problems of this machine and of the stack that runs on it, and says how to fix each. With
 * `PRODUCTION=1` also what is not ready for production.
 */
import { hasDocker } from "../../deploy/stack/compose/stack.ts";
import { Addresses } from "../../deploy/stack/native/addresses.ts";
import { findProgram } from "../../deploy/stack/native/programs.ts";
import { nativeServices } from "../../deploy/stack/native/services.ts";
import { answers } from "../../deploy/stack/native/stack.ts";
import { stackVariables } from "../../deploy/stack/settings/environment.ts";
import { BackEnds, componentsOf } from "../lib/back-ends.ts";
import { type Finding, report } from "./finding.ts";
import { machine } from "./machine.ts";
import { ports } from "./ports.ts";
import { production } from "./production.ts";
import { stack } from "./stack.ts";

const variables = stackVariables();
const docker = variables.STACK_FORM !== "native" && hasDocker();
const addresses = new Addresses(variables);
const backEnds = await BackEnds.find(variables);

const installed = nativeServices(variables).filter(
  ({ programs }) => docker || programs.length === 0 || findProgram(programs, variables) !== undefined,
);
const runs = await Promise.all(installed.map(({ ready, url }) => answers(addresses.url(ready ?? url))));
const isUp = runs.includes(true);
const stopped = installed.filter((_, index) => !runs[index]).map(({ name }) => name);
const names: readonly string[] = installed.map(({ name }) => name);
const expected = componentsOf(variables).filter((component) => docker || names.includes(component));

const findings: Finding[] = [
  ...machine(variables),
  ...(await ports(docker && isUp ? [] : stopped, addresses)),
  ...(isUp
    ? await stack(backEnds, expected)
    : [{ subject: "stack", found: "not running; to start it: make up", absent: true }]),
  ...(variables.PRODUCTION === "1" ? await production(variables, isUp ? backEnds : undefined) : []),
];
process.stdout.write(`${report(findings)}\n`);
process.exit(findings.some(({ fix }) => fix !== undefined) ? 1 : 0);
