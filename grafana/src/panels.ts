/**
 * The kinds of panel on the boards. Each takes a title, a description that says what to conclude or do, and a unit. A
 * board adds further options to the builder that it returns.
 */
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LogsSortOrder,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VisibilityMode,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import type { ThresholdsConfigBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as LogsPanel } from "@grafana/grafana-foundation-sdk/logs";
import { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TablePanel } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeseriesPanel } from "@grafana/grafana-foundation-sdk/timeseries";
import * as units from "@grafana/grafana-foundation-sdk/units";
import { datasource } from "./datasources.ts";
import { legendList, singleColour } from "./panel-style.ts";

/** A number, with a faint graph of its recent values behind it. */
export const stat = (title: string, description: string, unit: string) =>
  new StatPanel()
    .title(title)
    .description(description)
    .datasource(datasource("prometheus"))
    .unit(unit)
    .height(4)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .graphMode(BigValueGraphMode.Area)
    .colorMode(BigValueColorMode.Value)
    .thresholds(singleColour("blue"));

/** A number with thresholds: the background of the panel has the colour of the threshold. */
export const verdict = (title: string, description: string, unit: string, thresholds: ThresholdsConfigBuilder) =>
  stat(title, description, unit).colorMode(BigValueColorMode.Background).thresholds(thresholds);

/** Lines over time. */
export const timeseries = (title: string, description: string, unit: string) =>
  new TimeseriesPanel()
    .title(title)
    .description(description)
    .datasource(datasource("prometheus"))
    .unit(unit)
    .height(8)
    .min(0)
    .fillOpacity(10)
    .showPoints(VisibilityMode.Never)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .legend(legendList());

/** Stacked bars over time: the parts of a total. */
export const stacked = (title: string, description: string, unit: string) =>
  timeseries(title, description, unit)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(80)
    .lineWidth(0)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal));

/** A table; `table-columns.ts` adds its columns. */
export const table = (title: string, description: string) =>
  new TablePanel().title(title).description(description).datasource(datasource("prometheus")).height(8);

/**
 * A table of spans, one a row; the span id links to the trace. Columns that say nothing new push the last ones out of the
 * panel, so they are hidden: the name of the trace, the service, which is the server in every row, and what Grafana 12
 * needs for the link.
 */
export const spanTable = (title: string, description: string) => {
  const panel = table(title, description)
    .datasource(datasource("tempo"))
    .overrideByName("Duration", [{ id: "unit", value: units.Nanoseconds }]);
  for (const column of ["Trace Name", "service.name", "traceIdHidden"]) {
    panel.overrideByName(column, [{ id: "custom.hideFrom.viz", value: true }]);
  }
  return panel;
};

/** Sorts a table of spans by duration, the slowest first. */
export const slowestFirst = () => new TableSortByFieldStateBuilder().displayName("Duration").desc(true);

/** A list of log lines, the newest first. */
export const logs = (title: string, description: string) =>
  new LogsPanel()
    .title(title)
    .description(description)
    .datasource(datasource("loki"))
    .height(10)
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .sortOrder(LogsSortOrder.Descending);
