/** As much of a rendered dashboard's JSON as checks of it read. */
import type { DatasourceType } from "./datasources.ts";

export interface BoardJson {
  readonly uid: string;
  readonly panels: readonly PanelJson[];
  readonly templating: { readonly list: readonly VariableJson[] };
}

export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string };
    readonly overrides: readonly { readonly properties: readonly { readonly id: string }[] }[];
  };
  readonly targets?: readonly TargetJson[];
}

export interface TargetJson {
  readonly refId: string;
  readonly datasource: { readonly type: DatasourceType; readonly uid: string };
  readonly expr?: string;
  readonly query?: string;
  readonly instant?: boolean;
  readonly exemplar?: boolean;
}

export interface VariableJson {
  readonly type: string;
  readonly name: string;
  /** Of a query variable; of any other, what may be chosen. */
  readonly query: string | { readonly query: string };
  readonly allValue?: string;
  readonly current?: { readonly value: string | readonly string[] };
}
