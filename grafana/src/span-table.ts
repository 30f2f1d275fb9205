/**
 * A table of spans, one a row, with chosen columns of fixed width. Tempo's answer has more: the root of the trace comes
 * first in it, and would push the duration out of the panel.
 */
import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import type { DynamicConfigValue } from "@grafana/grafana-foundation-sdk/dashboard";
import type { PanelBuilder as TablePanel } from "@grafana/grafana-foundation-sdk/table";
import * as units from "@grafana/grafana-foundation-sdk/units";
import { ATTR } from "mcp-telemetry/conventions";
import { datasource } from "./datasources.ts";
import { CLICKED, linkToSession, linkToTool } from "./links.ts";
import { textFor } from "./panel-style.ts";
import { table } from "./panels.ts";

interface SpanColumn {
  /** Its name in Tempo's answer. */
  readonly field: string;
  readonly heading: string;
  /** In pixels. */
  readonly width: number;
  readonly style?: readonly DynamicConfigValue[];
}

const link = (to: typeof linkToTool) => ({ id: "links", value: [to(CLICKED).build()] });

const outcomes = [
  ...textFor("error", "error", "red"),
  ...textFor("ok", "ok", "green"),
  ...textFor("unset", "ok", "green"),
];

/** The bar has the width of the slowest row. */
const bar = [
  { id: "unit", value: units.Nanoseconds },
  { id: "custom.cellOptions", value: { type: "gauge", mode: "basic", valueDisplayMode: "text" } },
  { id: "color", value: { mode: "fixed", fixedColor: "blue" } },
  { id: "min", value: 0 },
];

const SPAN_COLUMNS = {
  time: { field: "Start time", heading: "Time", width: 185 },
  tool: { field: ATTR.toolName, heading: "Tool", width: 150, style: [link(linkToTool)] },
  outcome: {
    field: "status",
    heading: "Outcome",
    width: 80,
    style: [
      { id: "mappings", value: outcomes },
      { id: "custom.cellOptions", value: { type: "color-text" } },
    ],
  },
  duration: { field: "Duration", heading: "Duration", width: 200, style: bar },
  errorClass: { field: ATTR.errorClass, heading: "Class", width: 130 },
  rejection: { field: ATTR.rejectionReason, heading: "Rejected", width: 140 },
  session: { field: ATTR.sessionId, heading: "Session", width: 310, style: [link(linkToSession)] },
  client: { field: ATTR.clientName, heading: "Client", width: 130 },
  subject: { field: ATTR.userId, heading: "Subject", width: 130 },
  calls: { field: ATTR.sessionToolCalls, heading: "Calls", width: 70 },
  endReason: { field: ATTR.sessionEndReason, heading: "End", width: 120 },
  trace: { field: "Span ID", heading: "Trace", width: 150 },
} as const satisfies Readonly<Record<string, SpanColumn>>;

/** Columns of Tempo's answer: what every row has, and the attributes that a query names. */
const FIELDS = [
  ...["Trace Service", "Trace Name", "Span ID", "Start time", "Name", "Duration", "service.name", "status"],
  ...Object.values(ATTR),
];
/** Grafana needs this one for the link to the trace. */
const HIDDEN = "traceIdHidden";

/** An empty cell. Without it, the cell has the text of the panel without rows. */
const NOTHING = { id: "noValue", value: "" };

/** @param shown from left to right; Grafana links the column `trace` to the trace of the row */
export const spanTable = (
  title: string,
  description: string,
  shown: readonly (keyof typeof SPAN_COLUMNS)[],
): TablePanel => {
  const columns: readonly SpanColumn[] = shown.map((name) => SPAN_COLUMNS[name]);
  const others = FIELDS.filter((name) => !columns.some(({ field }) => field === name));
  const panel = table(title, description)
    .datasource(datasource("tempo"))
    .withTransformation({
      id: "organize",
      options: {
        excludeByName: Object.fromEntries(others.map((field) => [field, true])),
        indexByName: Object.fromEntries(columns.map(({ field }, index) => [field, index])),
        renameByName: Object.fromEntries(columns.map(({ field, heading }) => [field, heading])),
      },
    })
    .overrideByName(HIDDEN, [{ id: "custom.hideFrom.viz", value: true }]);
  for (const { heading, width, style = [] } of columns) {
    panel.overrideByName(heading, [{ id: "custom.width", value: width }, NOTHING, ...style]);
  }
  return panel;
};

/** Sorts a table of spans by duration, the slowest first. */
export const slowestFirst = () =>
  new TableSortByFieldStateBuilder().displayName(SPAN_COLUMNS.duration.heading).desc(true);
