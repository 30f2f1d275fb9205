/**
 * The three data sources as variables, so that the reader of a board can select another Prometheus, Loki or Tempo. The
 * defaults are the uids of `grafana/provisioning/datasources/datasources.yml`. A variable with one value is not shown.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatasourceVariableBuilder, VariableHide } from "@grafana/grafana-foundation-sdk/dashboard";
import { parse } from "yaml";

export const UIDS = { prometheus: "prometheus", loki: "loki", tempo: "tempo" } as const;
export type DatasourceType = keyof typeof UIDS;

const NAMES = { prometheus: "Prometheus", loki: "Loki", tempo: "Tempo" } as const;
const variableOf = (type: DatasourceType) => `${type}_datasource`;

/** The uid of a data source in a target or an Explore link: a reference to the variable. */
export const uidOf = (type: DatasourceType) => `\${${variableOf(type)}}`;

export const datasource = (type: DatasourceType) => ({ type, uid: uidOf(type) });

/** The part of a link's query string that passes on the selected data sources. */
export const keptDatasources = () =>
  (Object.keys(UIDS) as DatasourceType[]).map((type) => `\${${variableOf(type)}:queryparam}`).join("&");

const PROVISIONED = join(import.meta.dirname, "../provisioning/datasources/datasources.yml");
const provisioned: { readonly datasources: readonly { readonly type: string }[] } = parse(
  readFileSync(PROVISIONED, "utf8"),
);
const numberOf = (type: DatasourceType) => provisioned.datasources.filter((source) => source.type === type).length;

export const datasourceVariables = () =>
  (Object.keys(UIDS) as DatasourceType[]).map((type) =>
    new DatasourceVariableBuilder(variableOf(type))
      .label(`${NAMES[type]} data source`)
      .type(type)
      .hide(numberOf(type) > 1 ? VariableHide.DontHide : VariableHide.HideVariable)
      .current({ text: NAMES[type], value: UIDS[type], selected: true })
      .multi(false),
  );
