/** The parts of a rendered dashboard's JSON that the checks read. */
import type { DatasourceType } from "./datasources.ts";

export interface BoardJson {
  readonly uid: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly editable: boolean;
  readonly panels: readonly PanelJson[];
  readonly links: readonly LinkJson[];
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr?: string }[] };
  readonly templating: { readonly list: readonly VariableJson[] };
}

/** The rows of the grid from the top of the highest panel to the bottom of the lowest; 0 without panels. */
export const heightOf = (
  panels: readonly { readonly gridPos?: { readonly y: number; readonly h: number } }[],
): number => {
  const ends = panels.flatMap(({ gridPos }) => (gridPos ? [gridPos.y, gridPos.y + gridPos.h] : []));
  return ends.length === 0 ? 0 : Math.max(...ends) - Math.min(...ends);
};

export interface LinkJson {
  readonly title: string;
  readonly url: string;
  /** Of the board's own links: `dashboards` leads to all that carry its tags. */
  readonly type?: string;
  readonly tags?: readonly string[];
}

export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string; readonly links?: readonly LinkJson[] };
    readonly overrides: readonly { readonly properties: readonly { readonly id: string; readonly value: unknown }[] }[];
  };
  readonly targets?: readonly TargetJson[];
  /** Of a folded row: the panels that it shows when it is opened. */
  readonly panels?: readonly PanelJson[];
}

/** The panels of a board without its rows, those of folded rows included. */
export const panelsOf = (board: BoardJson): readonly PanelJson[] =>
  board.panels.flatMap((panel) => (panel.type === "row" ? (panel.panels ?? []) : [panel]));

export interface TargetJson {
  readonly refId: string;
  readonly datasource: { readonly type: DatasourceType; readonly uid: string };
  readonly expr?: string;
  readonly query?: string;
  /** Of a target of Tempo: `serviceMap` has no query of its own. */
  readonly queryType?: string;
  readonly instant?: boolean;
  readonly format?: string;
  readonly exemplar?: boolean;
  readonly legendFormat?: string;
}

export interface VariableJson {
  readonly type: string;
  readonly name: string;
  readonly label?: string;
  /** 2: the variable is not shown. */
  readonly hide?: number;
  /** When a query variable is queried again; 2: when the time range changes. */
  readonly refresh?: number;
  /** The query of a query variable; of other variables, their options. */
  readonly query: string | { readonly query: string };
  readonly allValue?: string;
  readonly current?: { readonly value: string | readonly string[] };
}
