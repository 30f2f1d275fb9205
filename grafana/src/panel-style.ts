/** How values look: when a number turns red, which colour a name has, how many lines stay readable. */
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

/** A colour for everything, then one for everything from a value on. */
const steps = (lowest: string, ...rest: Threshold[]) =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ value: null, color: lowest }, ...rest]);

export const always = (color: string) => steps(color);
export const redBelow = (limit: number) => steps("red", { value: limit, color: "green" });
export const redFrom = (limit: number) => steps("green", { value: limit, color: "red" });
/** Yellow half way. */
export const redTowards = (limit: number) =>
  steps("green", { value: limit / 2, color: "yellow" }, { value: limit, color: "red" });

/** The limit of an alert as a dashed red line; it does not stretch the axis. */
export const limitedBy = (limit: number, panel: TimeseriesPanel) =>
  panel
    .thresholds(steps("transparent", { value: limit, color: "red" }))
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));

/** Series by name, each in the colour that it has everywhere. */
export const painted = (colours: Readonly<Record<string, string>>, panel: TimeseriesPanel) => {
  for (const [name, fixedColor] of Object.entries(colours)) {
    panel.overrideByName(name, [{ id: "color", value: { mode: "fixed", fixedColor } }]);
  }
  return panel;
};

/** How lines that belong together are told apart when colour is taken. */
export const STROKES = {
  dashed: [{ id: "custom.lineStyle", value: { fill: "dash", dash: [10, 10] } }],
  dotted: [{ id: "custom.lineStyle", value: { fill: "dot", dash: [0, 10] } }],
};

/** Names below the graph. */
export const listed = () =>
  new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true);

/** For many lines: names beside the graph, the one with the highest newest value first. */
export const ranked = () =>
  new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Right)
    .showLegend(true)
    .calcs(["lastNotNull", "max"])
    .sortBy("Last *")
    .sortDesc(true);

/** Words for a gauge that is 1 or 0. */
export const worded = (one: string, zero: string): ValueMap[] => [
  { type: MappingType.ValueToText, options: { 1: { text: one }, 0: { text: zero } } },
];
