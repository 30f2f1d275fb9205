/** The tables of everything that the server, its clients and the probe emit, from conventions.ts. */
import {
  ATTR,
  AUTHENTICATION_RESULTS,
  CALLER_FAULTS,
  CLIENT_METRICS,
  ERROR_CLASSES,
  LOG,
  METRICS,
  type MetricDefinition,
  OUTCOMES,
  PER_SERVER,
  PROBE_CHANGES,
  PROBE_METRICS,
  PROBE_REASONS,
  PROBE_STEPS,
  PROBE_SUSPICIONS,
  REJECTION_REASONS,
  SERVER_LABEL,
  SESSION_END_REASONS,
} from "mcp-telemetry/conventions";

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");

const row = ({ name, type, labels, help, exemplars }: MetricDefinition): string =>
  `| \`${name}\` | ${type}${exemplars ? " with exemplars" : ""} | ${code(labels) || "–"} | ${help} |`;

const table = (metrics: Readonly<Record<string, MetricDefinition>>): string =>
  ["| metric | type | labels | what it measures |", "|---|---|---|---|", ...Object.values(metrics).map(row)].join("\n");

const errorClass = ([name, retryable]: readonly [string, boolean]): string =>
  `| \`${name}\` | ${retryable ? "yes" : "no"} |`;

const VALUES = [
  ["outcome of a request (`outcome`, `status`)", OUTCOMES],
  ["why a request that reached MCP was rejected (`reason`)", CALLER_FAULTS],
  ["what an authentication found (`result`)", AUTHENTICATION_RESULTS],
  ["why a session ended (`end_reason`)", SESSION_END_REASONS],
  ["why a request was refused before MCP (`reason`)", REJECTION_REASONS],
  ["step of a probe (`step`)", PROBE_STEPS],
  ["why a step failed (`reason`)", PROBE_REASONS],
  ["what has changed in a target (`kind`)", PROBE_CHANGES],
  ["what is suspicious in a target (`kind`)", PROBE_SUSPICIONS],
] as const;

export const emitted = (): string =>
  [
    `## Metrics of the server\n\n${table(METRICS)}`,
    `In front of [several servers](add-to-your-server.md#in-front-of-http-servers), these have the label \`${SERVER_LABEL}\` too: ${code([...PER_SERVER])}.`,
    `## Metrics of a client\n\nThe agent in \`deploy/services/agent/\` emits these.\n\n${table(CLIENT_METRICS)}`,
    `## Metrics of the probe\n\n${table(PROBE_METRICS)}`,
    `## Span attributes\n\n${code(Object.values(ATTR))}`,
    `## Fields of a log line\n\nBeside Pino's \`level\`, \`time\`, \`pid\`, \`host\`, \`msg\` and \`err\`:\n\n${code(Object.values(LOG))}`,
    `## Closed sets of values\n\n| what | values |\n|---|---|\n${VALUES.map(([what, values]) => `| ${what} | ${code(values)} |`).join("\n")}`,
    `## Error classes\n\n| \`error_class\` | may the same call succeed later? |\n|---|---|\n${Object.entries(ERROR_CLASSES).map(errorClass).join("\n")}`,
  ].join("\n\n");
