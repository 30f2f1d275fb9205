/**
 * The kinds of panel on the boards. Each takes a title, a description that says what to conclude or do, and a unit. A
 * board adds further options to the builder that it returns.
 */
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LogsSortOrder,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableCellHeight,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTextDisplayOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { PanelBuilder, type ThresholdsConfigBuilder, type ValueMap } from "@grafana/grafana-foundation-sdk/dashboard";
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  PanelBuilder as HeatmapPanel,
  YAxisConfigBuilder,
} from "@grafana/grafana-foundation-sdk/heatmap";
import { PanelBuilder as LogsPanel } from "@grafana/grafana-foundation-sdk/logs";
import { PanelBuilder as NodeGraphPanel } from "@grafana/grafana-foundation-sdk/nodegraph";
import { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StateTimelinePanel } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as TablePanel } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeseriesPanel } from "@grafana/grafana-foundation-sdk/timeseries";
import * as units from "@grafana/grafana-foundation-sdk/units";
import { datasource } from "./datasources.ts";
import { legendList, singleColour } from "./panel-style.ts";
import { serviceGraphEdges } from "./targets.ts";

/** The unit of a rate. @param what is counted, in the plural */
export const perMinuteOf = (what: string) => `suffix:${what}/min`;

/** The lowest top of an axis, by unit: a small value must not look like a large one. */
const softMaximum = (unit: string) => {
  if (unit === units.PercentUnit) return 0.1;
  if (unit === units.Dollars) return 1;
  return unit === units.Short || unit.endsWith("/min") ? 10 : undefined;
};

/** A number. */
export const stat = (title: string, description: string, unit: string) =>
  new StatPanel()
    .title(title)
    .description(description)
    .datasource(datasource("prometheus"))
    .unit(unit)
    .height(4)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .text(new VizTextDisplayOptionsBuilder().titleSize(14).valueSize(30))
    .thresholds(singleColour("blue"));

/** A number with thresholds: the background of the panel has the colour of the threshold. */
export const verdict = (title: string, description: string, unit: string, thresholds: ThresholdsConfigBuilder) =>
  stat(title, description, unit).colorMode(BigValueColorMode.Background).thresholds(thresholds);

/** Lines over time. */
export const timeseries = (title: string, description: string, unit: string) => {
  const panel = new TimeseriesPanel()
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
  const top = softMaximum(unit);
  return top === undefined ? panel : panel.axisSoftMax(top);
};

/** Stacked bars over time: the parts of a total. */
export const stacked = (title: string, description: string, unit: string) =>
  timeseries(title, description, unit)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(80)
    .lineWidth(0)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal));

/** The state of each thing over time, one row a thing. @param states the texts and colours of its values */
export const stateTimeline = (title: string, description: string, states: ValueMap[]) =>
  new StateTimelinePanel()
    .title(title)
    .description(description)
    .datasource(datasource("prometheus"))
    .unit(units.Short)
    .height(6)
    .mappings(states)
    .mergeValues(true)
    .disablePagination()
    .showValue(VisibilityMode.Auto)
    .fillOpacity(70)
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).showLegend(false));

/** How many of which size at each time: darker is more. */
export const heatmap = (title: string, description: string, unit: string) =>
  new HeatmapPanel()
    .title(title)
    .description(description)
    .datasource(datasource("prometheus"))
    .unit(units.Short)
    .height(8)
    .calculate(false)
    .yAxis(new YAxisConfigBuilder().unit(unit))
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme("Blues").steps(64))
    .cellGap(1)
    .exemplarsColor("orange")
    .showLegend();

/** A table; `table-columns.ts` and `span-table.ts` add its columns, which are as wide as what they hold needs. */
export const table = (title: string, description: string) =>
  new TablePanel()
    .title(title)
    .description(description)
    .datasource(datasource("prometheus"))
    .height(8)
    .minWidth(70)
    .cellHeight(TableCellHeight.Sm);

/** Services, and the requests between them. */
export const serviceGraph = (title: string, description: string) =>
  new NodeGraphPanel()
    .title(title)
    .description(description)
    .datasource(datasource("tempo"))
    .height(10)
    .withTarget(serviceGraphEdges());

/** One trace as a waterfall. The panel has no builder of its own. */
export const waterfall = (title: string, description: string) =>
  new PanelBuilder().type("traces").title(title).description(description).datasource(datasource("tempo")).height(14);

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
