/** Reads the links of a rendered board: their target boards and their queries in Explore. */
import { type BoardJson, type LinkJson, type PanelJson, panelsOf, type TargetJson } from "../src/board-json.ts";

/** The data links of a panel's fields and columns. */
export const linksOf = ({ fieldConfig }: PanelJson): readonly LinkJson[] => [
  ...(fieldConfig?.defaults.links ?? []),
  ...(fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
    properties.flatMap(({ id, value }) => (id === "links" ? (value as LinkJson[]) : [])),
  ),
];

/** The links of all panels, and those of the board itself to single URLs. */
export const linksIn = (board: BoardJson): readonly LinkJson[] => [
  ...board.links.filter(({ type }) => type !== "dashboards"),
  ...panelsOf(board).flatMap(linksOf),
];

/** The queries of a link to Explore; none for other links. */
export function exploreQueries(url: string): readonly TargetJson[] {
  if (!url.startsWith("/explore?")) return [];
  const panes = new URLSearchParams(url.slice(url.indexOf("?"))).get("panes") ?? "{}";
  return Object.values(JSON.parse(panes) as Record<string, { queries: TargetJson[] }>).flatMap(
    ({ queries }) => queries,
  );
}

export interface BoardLink {
  readonly uid: string;
  /** The variables of that board that the link sets. */
  readonly variables: readonly string[];
}

/** @returns undefined if it is not a link to a board */
export function boardLink(url: string): BoardLink | undefined {
  const [, uid, query = ""] = /^\/d\/([\w-]+)(?:\?(.*))?$/.exec(url) ?? [];
  if (uid === undefined) return undefined;
  return { uid, variables: [...query.matchAll(/(?:^|&)var-(\w+)=/g)].map(([, name = ""]) => name) };
}
