/** `make docs`: the "what it emits" tables of the documents, from conventions.ts. `--check` compares only. */
import { readFileSync, writeFileSync } from "node:fs";
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

const DOCUMENTS = ["README.md", "server/telemetry/README.md"].map((path) => new URL(`../../${path}`, import.meta.url));
const SECTION = /(<!-- emitted: [^>]*-->\n)[\s\S]*?(<!-- \/emitted -->)/;

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");

const row = ({ name, type, labels, help, exemplars }: MetricDefinition): string =>
  `| \`${name}\` | ${type}${exemplars ? " ⁂" : ""} | ${code(labels) || "–"} | ${help} |`;

export function emitted(): string {
  const metrics: readonly MetricDefinition[] = Object.values(METRICS);
  const others: readonly MetricDefinition[] = [...Object.values(CLIENT_METRICS), ...Object.values(PROBE_METRICS)];
  return [
    "",
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
    "",
  ].join("\n");
}

if (import.meta.main) {
  for (const document of DOCUMENTS) {
    const before = readFileSync(document, "utf8");
    const after = before.replace(SECTION, (_, open: string, close: string) => `${open}${emitted()}\n${close}`);
    if (process.argv.includes("--check")) {
      if (before !== after) {
        process.stderr.write(`${document.pathname}: out of date, make docs\n`);
        process.exit(1);
      }
    } else writeFileSync(document, after);
  }
}
