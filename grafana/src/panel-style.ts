/** The style of values: thresholds, colours, line styles, legends, value texts. */
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  VizLegendOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  MappingType,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMap,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { PanelBuilder as TimeseriesPanel } from "@grafana/grafana-foundation-sdk/timeseries";

/** Absolute thresholds: the colour of the lowest values, then one colour from each given value on. */
const steps = (lowest: string, ...rest: Threshold[]) =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ value: null, color: lowest }, ...rest]);

export const singleColour = (color: string) => steps(color);
export const redBelow = (limit: number) => steps("red", { value: limit, color: "green" });
export const redFrom = (limit: number) => steps("green", { value: limit, color: "red" });
/** Yellow from half of the limit, red from the limit. */
export const redTowards = (limit: number) =>
  steps("green", { value: limit / 2, color: "yellow" }, { value: limit, color: "red" });

/** Draws the threshold of an alert as a dashed red line; the line does not extend the axis. */
export const withLimit = (limit: number, panel: TimeseriesPanel) =>
  panel
    .thresholds(steps("transparent", { value: limit, color: "red" }))
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));

/** Gives each named series the fixed colour that it has on all boards. */
export const withColours = (colours: Readonly<Record<string, string>>, panel: TimeseriesPanel) => {
  for (const [name, fixedColor] of Object.entries(colours)) {
    panel.overrideByName(name, [{ id: "color", value: { mode: "fixed", fixedColor } }]);
  }
  return panel;
};

/** Line styles, for related series that share a colour. */
export const LINE_STYLES = {
  dashed: [{ id: "custom.lineStyle", value: { fill: "dash", dash: [10, 10] } }],
  dotted: [{ id: "custom.lineStyle", value: { fill: "dot", dash: [0, 10] } }],
};

/** The legend as a list below the graph. */
export const legendList = () =>
  new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true);

/** For many series: the legend as a table beside the graph, the highest last value first. */
export const legendTable = () =>
  new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Right)
    .showLegend(true)
    .calcs(["lastNotNull", "max"])
    .sortBy("Last *")
    .sortDesc(true);

/** Texts for a gauge that is 1 or 0. */
export const valueTexts = (one: string, zero: string): ValueMap[] => [
  { type: MappingType.ValueToText, options: { 1: { text: one }, 0: { text: zero } } },
];
