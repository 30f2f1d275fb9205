/**
 * A table with one query per column. Grafana merges their results into rows by equal labels. The time and columns that
 * are not named here are hidden.
 */
import type { DashboardLinkBuilder, ThresholdsConfigBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import type { PanelBuilder as TablePanel } from "@grafana/grafana-foundation-sdk/table";
import { instant } from "./targets.ts";

export interface Column {
  readonly expr: string;
  readonly unit: string;
  readonly decimals?: number;
  readonly thresholds?: ThresholdsConfigBuilder;
  /** In pixels; else as wide as the panel has room. */
  readonly width?: number;
}

/** Adds the columns that identify a row: label → heading. */
export const rowsNamedBy = (panel: TablePanel, labels: Readonly<Record<string, string>>) =>
  panel.withTransformation({
    id: "organize",
    options: {
      excludeByName: { Time: true, Value: true },
      indexByName: Object.fromEntries(Object.keys(labels).map((label, index) => [label, index])),
      renameByName: labels,
    },
  });

/** Adds the columns of values: heading → query. */
export const columns = (panel: TablePanel, queries: Readonly<Record<string, Column>>) => {
  for (const [heading, { expr, unit, decimals, thresholds, width }] of Object.entries(queries)) {
    panel
      .withTarget(instant(heading, expr))
      .overrideByName(heading, [
        { id: "unit", value: unit },
        ...(decimals === undefined ? [] : [{ id: "decimals", value: decimals }]),
        ...(width === undefined ? [] : [{ id: "custom.width", value: width }]),
        ...(thresholds ? [{ id: "thresholds", value: thresholds.build() }, colouredText] : []),
      ]);
  }
  const renameByName = Object.fromEntries(Object.keys(queries).map((heading) => [`Value #${heading}`, heading]));
  return panel
    .withTransformation({ id: "merge", options: {} })
    .withTransformation({ id: "organize", options: { renameByName } });
};

const colouredText = { id: "custom.cellOptions", value: { type: "color-text" } };

/** Adds links to the cells of a column. */
export const linked = (panel: TablePanel, heading: string, ...links: DashboardLinkBuilder[]) =>
  panel.overrideByName(heading, [{ id: "links", value: links.map((link) => link.build()) }]);
