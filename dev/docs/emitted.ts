/** Everything the server, its clients and the probe emit, from conventions.ts. */
import {
  ATTR,
  CLIENT_METRICS,
  ERROR_CLASSES,
  LOG,
  METRICS,
  type MetricDefinition,
  OUTCOMES,
  PROBE_METRICS,
  REJECTION_REASONS,
  SESSION_END_REASONS,
} from "../../server/telemetry/conventions.ts";

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");

const row = ({ name, type, labels, help, exemplars }: MetricDefinition): string =>
  `| \`${name}\` | ${type}${exemplars ? " ⁂" : ""} | ${code(labels) || "–"} | ${help} |`;

export function emitted(): string {
  const metrics: readonly MetricDefinition[] = Object.values(METRICS);
  const others: readonly MetricDefinition[] = [...Object.values(CLIENT_METRICS), ...Object.values(PROBE_METRICS)];
  return [
    "| metric (⁂: with exemplar `trace_id`) | type | labels | |",
    "|---|---|---|---|",
    ...metrics.map(row),
    ...others.map(row),
    "",
    `Span attributes: ${code(Object.values(ATTR))}.`,
    "",
    `Log fields, beside \`level\`, \`time\`, \`pid\`, \`host\`, \`msg\` and \`err\`: ${code(Object.values(LOG))}.`,
    "",
    `Outcomes: ${code(OUTCOMES)}. Error classes: ${code(Object.keys(ERROR_CLASSES))}.`,
    `Session end reasons: ${code(SESSION_END_REASONS)}.`,
    "",
    `Reasons of the HTTP edge: ${code(REJECTION_REASONS)}.`,
  ].join("\n");
}
