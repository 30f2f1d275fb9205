/** Links to a query in Explore, and to other boards. Both keep the time range and the selected data sources. */
import { DashboardLinkBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { BOARDS, type BoardVariable } from "./board-names.ts";
import { type DatasourceType, datasource, keptDatasources, uidOf } from "./datasources.ts";

/** Encodes everything except `${…}`, which Grafana replaces by a value when the link is clicked. */
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

export const linkToLogs = (title: string, expr: string) => link(title, explore("loki", { expr, queryType: "range" }));
export const linkToTraces = (title: string, query: string) =>
  link(title, explore("tempo", { query, queryType: "traceql", tableType: "spans", limit: 20 }));

/** @param value of the target board's variable; Grafana replaces `${…}` in it when the link is clicked */
const linkToBoard = (title: string, variable: BoardVariable, value: string) =>
  link(title, `/d/${BOARDS[variable].uid}?var-${variable}=${value}&${keptDatasources()}&\${__url_time_range}`);

export const linkToTool = (tool: string) => linkToBoard("Board of this tool", "tool", tool);
export const linkToSession = (session: string) => linkToBoard("Board of this session", "session", session);

/** The clicked value. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variable, not JavaScript's
export const CLICKED = "${__value.raw}";
/** The tool name of the clicked series. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variable, not JavaScript's
export const CLICKED_TOOL = "${__field.labels.tool_name}";
/** The error class of the clicked series. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variable, not JavaScript's
export const CLICKED_CLASS = "${__field.labels.error_class}";
