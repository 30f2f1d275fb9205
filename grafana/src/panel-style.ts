/** The style of values: thresholds, colours, line styles, legends, value texts. */
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  VizLegendOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  FieldColorBuilder,
  FieldColorModeId,
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
/** Without a value: neither. */
export const redBelow = (limit: number) => steps("text", { value: 0, color: "red" }, { value: limit, color: "green" });
export const orangeFrom = (limit: number) => steps("green", { value: limit, color: "orange" });
export const redFrom = (limit: number) => steps("green", { value: limit, color: "red" });
/** Green from 0, yellow from half of the limit, red from the limit; without a value, none of them. */
export const redTowards = (limit: number) =>
  steps(
    "transparent",
    { value: 0, color: "green" },
    { value: limit / 2, color: "yellow" },
    { value: limit, color: "red" },
  );

/** Draws dashed lines at values, yellow, orange and red; they do not extend the axis. */
export const withLines = (values: readonly [number, number, number], panel: TimeseriesPanel) => {
  const [yellow, orange, red] = values;
  return panel
    .thresholds(
      steps(
        "transparent",
        { value: yellow, color: "yellow" },
        { value: orange, color: "orange" },
        { value: red, color: "red" },
      ),
    )
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
};

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

/** A colour that depends on the name of the series alone, so that a tool has one colour on all graphs. */
export const colourByName = () => new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName);

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
    .calcs(["lastNotNull"])
    .sortBy("Last *")
    .sortDesc(true);

/** Texts for a gauge that is 1 or 0, and which of them is bad. */
export const states = (one: string, zero: string, bad: "one" | "zero"): ValueMap[] => [
  {
    type: MappingType.ValueToText,
    options: {
      1: { text: one, color: bad === "one" ? "red" : "green", index: 0 },
      0: { text: zero, color: bad === "zero" ? "red" : "green", index: 1 },
    },
  },
];

/** A text in place of one value. */
export const textFor = (value: string, text: string, color?: string): ValueMap[] => [
  { type: MappingType.ValueToText, options: { [value]: { text, ...(color ? { color } : {}) } } },
];
