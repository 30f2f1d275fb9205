/** The tables of the server's environment variables: name, default, purpose. */

import { defaultOf, type Variable } from "mcp-telemetry/environment";
import { WITHOUT_EFFECT } from "mcp-telemetry/sdk-variables";
import { ALL_VARIABLES } from "../../server/config.ts";

function row(variable: Variable): string {
  const value = defaultOf(variable);
  return `| \`${variable.name}\` | ${value === undefined ? "–" : `\`${value}\``} | ${variable.help} |`;
}

const table = (variables: readonly Variable[]): string =>
  ["| variable | default | purpose |", "|---|---|---|", ...variables.map(row)].join("\n");

const standard = ({ name }: Variable): boolean => name.startsWith("OTEL_");

export function configuration(): string {
  const variables: readonly Variable[] = Object.values(ALL_VARIABLES);
  const withoutEffect = Object.entries(WITHOUT_EFFECT).map(([name, why]) => `| \`${name}\` | ${why} |`);
  return [
    table(variables.filter((variable) => !standard(variable))),
    `### Standard variables of OpenTelemetry\n\n${table(variables.filter(standard))}`,
    `### Standard variables without effect\n\nThe server logs a warning for each of these that is set.\n\n${["| variable | why |", "|---|---|", ...withoutEffect].join("\n")}`,
  ].join("\n\n");
}
