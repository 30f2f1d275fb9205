/** The links of the page: to itself with other filters, and to the project's Grafana dashboards. */
import type { Filters } from "./view.ts";

const DASHBOARD = { session: "mcp-session", tool: "mcp-tool", overview: "mcp-overview" } as const;

/** @returns the address of the page with these filters */
export const pageUrl = (filters: Partial<Filters>, path = "/inspect"): string => {
  const { text, ...others } = filters;
  const set = Object.entries({ ...others, q: text }).filter(([, value]) => value);
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set as [string, string][])}`;
};

export type Grafana = ReturnType<typeof grafanaAt>;

/** @param url the base URL of Grafana */
export function grafanaAt(url: string) {
  const base = url.replace(/\/+$/, "");
  return {
    overview: `${base}/d/${DASHBOARD.overview}`,
    session: (id: string) => `${base}/d/${DASHBOARD.session}?var-session=${encodeURIComponent(id)}`,
    tool: (name: string) => `${base}/d/${DASHBOARD.tool}?var-tool=${encodeURIComponent(name)}`,
    /** Opens a trace in Grafana's Explore. */
    trace(id: string) {
      const query = { refId: "A", datasource: { type: "tempo", uid: "tempo" }, queryType: "traceql", query: id };
      const pane = { datasource: "tempo", queries: [query], range: { from: "now-1h", to: "now" } };
      return `${base}/explore?schemaVersion=1&orgId=1&panes=${encodeURIComponent(JSON.stringify({ inspect: pane }))}`;
    },
  };
}
