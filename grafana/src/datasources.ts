/**
 * The three data sources, as variables: a board can be pointed at another Prometheus, Loki or Tempo from its
 * top bar. Their defaults are the uids of `grafana/provisioning/datasources/datasources.yml`.
 */
import { DatasourceVariableBuilder } from "@grafana/grafana-foundation-sdk/dashboard";

export const UIDS = { prometheus: "prometheus", loki: "loki", tempo: "tempo" } as const;
export type DatasourceType = keyof typeof UIDS;

const NAMES = { prometheus: "Prometheus", loki: "Loki", tempo: "Tempo" } as const;
const variableOf = (type: DatasourceType) => `${type}_datasource`;

/** What a target or an Explore link writes where a uid is expected. */
export const uidOf = (type: DatasourceType) => `\${${variableOf(type)}}`;

export const datasource = (type: DatasourceType) => ({ type, uid: uidOf(type) });

/** The part of a link's query that hands a board's choice of data sources on. */
export const keptDatasources = () =>
  (Object.keys(UIDS) as DatasourceType[]).map((type) => `\${${variableOf(type)}:queryparam}`).join("&");

export const datasourceVariables = () =>
  (Object.keys(UIDS) as DatasourceType[]).map((type) =>
    new DatasourceVariableBuilder(variableOf(type))
      .label(`${NAMES[type]} data source`)
      .type(type)
      .current({ text: NAMES[type], value: UIDS[type], selected: true })
      .multi(false),
  );
