/** The links of a rendered board: where they lead, and what they would ask Explore. */
import type { BoardJson, LinkJson, PanelJson, TargetJson } from "../src/board-json.ts";

/** Data links of a panel's fields and of its single columns. */
export const linksOf = ({ fieldConfig }: PanelJson): readonly LinkJson[] => [
  ...(fieldConfig?.defaults.links ?? []),
  ...(fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
    properties.flatMap(({ id, value }) => (id === "links" ? (value as LinkJson[]) : [])),
  ),
];

/** Those of all panels, and the board's own to single addresses. */
export const linksIn = (board: BoardJson): readonly LinkJson[] => [
  ...board.links.filter(({ type }) => type !== "dashboards"),
  ...board.panels.flatMap(linksOf),
];

/** The queries that a link types into Explore; none when it leads elsewhere. */
export function exploreQueries(url: string): readonly TargetJson[] {
  if (!url.startsWith("/explore?")) return [];
  const panes = new URLSearchParams(url.slice(url.indexOf("?"))).get("panes") ?? "{}";
  return Object.values(JSON.parse(panes) as Record<string, { queries: TargetJson[] }>).flatMap(
    ({ queries }) => queries,
  );
}

export interface BoardLink {
  readonly uid: string;
  /** The board's variables that it sets. */
  readonly variables: readonly string[];
}

/** @returns undefined when the link leads elsewhere */
export function boardLink(url: string): BoardLink | undefined {
  const [, uid, query = ""] = /^\/d\/([\w-]+)(?:\?(.*))?$/.exec(url) ?? [];
  if (uid === undefined) return undefined;
  return { uid, variables: [...query.matchAll(/(?:^|&)var-(\w+)=/g)].map(([, name = ""]) => name) };
}
