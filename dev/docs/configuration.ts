/** The table of the server's environment variables: name, default, purpose. */
import { SERVER_VARIABLES } from "../../server/config.ts";
import { TELEMETRY_VARIABLES } from "../../server/telemetry/config.ts";
import type { Variable } from "../../server/telemetry/environment.ts";

function written(value: unknown): string {
  if (value === undefined) return "–";
  if (typeof value === "boolean") return value ? "`1`" : "`0`";
  return `\`${value instanceof Set ? [...value].join(",") : value}\``;
}

const row = ({ name, schema, help }: Variable): string =>
  `| \`${name}\` | ${written(schema.parse(undefined))} | ${help} |`;

export function configuration(): string {
  const variables: readonly Variable[] = [...Object.values(SERVER_VARIABLES), ...Object.values(TELEMETRY_VARIABLES)];
  return ["| variable | default | purpose |", "|---|---|---|", ...variables.map(row)].join("\n");
}
