/** Links into Explore, with the query typed in, the board's data source and the board's time range. */
import { DashboardLinkBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { type DatasourceType, datasource, uidOf } from "./datasources.ts";

/** Grafana puts a value in the place of `${…}` after it has read the link: everything else is encoded. */
const encode = (pane: unknown) =>
  encodeURIComponent(JSON.stringify(pane)).replace(/%24%7B([\w.]+)%7D/g, (_, name: string) => `\${${name}}`);

const explore = (type: DatasourceType, query: object) =>
  `/explore?schemaVersion=1&orgId=1&panes=${encode({
    board: {
      datasource: uidOf(type),
      queries: [{ refId: "A", datasource: datasource(type), ...query }],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variables, not JavaScript's
      range: { from: "${__from}", to: "${__to}" },
    },
  })}`;

const link = (title: string, url: string) => new DashboardLinkBuilder(title).url(url);

export const linkToMetrics = (title: string, expr: string) => link(title, explore("prometheus", { expr }));
export const linkToLogs = (title: string, expr: string) => link(title, explore("loki", { expr, queryType: "range" }));
export const linkToTraces = (title: string, query: string) =>
  link(title, explore("tempo", { query, queryType: "traceql", tableType: "spans", limit: 20 }));
