/** The table of the server's environment variables: name, default, purpose. */
import { ALL_VARIABLES } from "../../server/config.ts";
import { defaultOf, type Variable } from "../../server/telemetry/environment.ts";

function row(variable: Variable): string {
  const value = defaultOf(variable);
  return `| \`${variable.name}\` | ${value === undefined ? "–" : `\`${value}\``} | ${variable.help} |`;
}

export function configuration(): string {
  return ["| variable | default | purpose |", "|---|---|---|", ...Object.values(ALL_VARIABLES).map(row)].join("\n");
}
