/** The tables of the server's environment variables. */
import { SERVER_VARIABLES } from "../../server/config.ts";
import { TELEMETRY_VARIABLES } from "../../server/telemetry/config.ts";
import type { Variable } from "../../server/telemetry/environment.ts";
import { WITHOUT_EFFECT } from "../../server/telemetry/sdk-variables.ts";

function written(value: unknown): string {
  if (value === undefined) return "–";
  if (typeof value === "boolean") return value ? "`1`" : "`0`";
  return `\`${value instanceof Set ? [...value].join(",") : value}\``;
}

const row = ({ name, schema, help }: Variable): string =>
  `| \`${name}\` | ${written(schema.parse(undefined))} | ${help} |`;

const table = (variables: readonly Variable[]): string =>
  ["| variable | default | purpose |", "|---|---|---|", ...variables.map(row)].join("\n");

const standard = ({ name }: Variable): boolean => name.startsWith("OTEL_");

export function configuration(): string {
  const variables: readonly Variable[] = [...Object.values(SERVER_VARIABLES), ...Object.values(TELEMETRY_VARIABLES)];
  const withoutEffect = Object.entries(WITHOUT_EFFECT).map(([name, why]) => `| \`${name}\` | ${why} |`);
  return [
    table(variables.filter((variable) => !standard(variable))),
    `### Standard variables of OpenTelemetry\n\n${table(variables.filter(standard))}`,
    `### Standard variables without effect\n\nThe server logs a warning for each of these that is set.\n\n${["| variable | why |", "|---|---|", ...withoutEffect].join("\n")}`,
  ].join("\n\n");
}
