/** Links into Explore, with the query typed in, and to other boards. Both keep the time range and the data sources. */
import { DashboardLinkBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { BOARDS, type BoardVariable } from "./board-names.ts";
import { type DatasourceType, datasource, keptDatasources, uidOf } from "./datasources.ts";

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

/** @param value what the board's own variable becomes; Grafana's `${…}` in it is filled in at the click */
const linkToBoard = (title: string, variable: BoardVariable, value: string) =>
  link(title, `/d/${BOARDS[variable].uid}?var-${variable}=${value}&${keptDatasources()}&\${__url_time_range}`);

export const linkToTool = (tool: string) => linkToBoard("Board of this tool", "tool", tool);
export const linkToSession = (session: string) => linkToBoard("Board of this session", "session", session);

/** The value that was clicked. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variable, not JavaScript's
export const CLICKED = "${__value.raw}";
/** The tool of the line that was clicked. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variable, not JavaScript's
export const CLICKED_TOOL = "${__field.labels.tool_name}";
