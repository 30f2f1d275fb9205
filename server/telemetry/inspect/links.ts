/** Where to go from here: the page's own addresses, and those of the project's Grafana boards. */
import type { Filters } from "./view.ts";

const BOARD = { session: "mcp-session", tool: "mcp-tool", overview: "mcp-overview" } as const;

/** Of the page with some filters set. */
export const pageOf = (filters: Partial<Filters>, path = "/inspect"): string => {
  const { text, ...others } = filters;
  const set = Object.entries({ ...others, q: text }).filter(([, value]) => value);
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set as [string, string][])}`;
};

export interface Grafana {
  readonly overview: string;
  session(id: string): string;
  tool(name: string): string;
  /** A trace, in Explore. */
  trace(id: string): string;
}

/** @param url where Grafana is */
export function grafanaAt(url: string): Grafana {
  const base = url.replace(/\/+$/, "");
  return {
    overview: `${base}/d/${BOARD.overview}`,
    session: (id) => `${base}/d/${BOARD.session}?var-session=${encodeURIComponent(id)}`,
    tool: (name) => `${base}/d/${BOARD.tool}?var-tool=${encodeURIComponent(name)}`,
    trace(id) {
      const query = { refId: "A", datasource: { type: "tempo", uid: "tempo" }, queryType: "traceql", query: id };
      const pane = { datasource: "tempo", queries: [query], range: { from: "now-1h", to: "now" } };
      return `${base}/explore?schemaVersion=1&orgId=1&panes=${encodeURIComponent(JSON.stringify({ inspect: pane }))}`;
    },
  };
}
