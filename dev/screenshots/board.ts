/** A board's page: its address, its height, its rows, and the problems of the panels that it shows. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BoardJson, heightOf, panelsOf } from "../../grafana/src/board-json.ts";
import { DASHBOARDS } from "../../grafana/src/render.ts";
import type { PanelState } from "./panel-state.ts";

/** The sizes of a laptop's window and of a screen's. */
export const WINDOWS = [
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
] as const;
export const THEMES = ["dark", "light"] as const;
/** Height of one row of the grid with its gap, and of the part above the panels. */
const ROW_PX = 38;
const HEAD_PX = 200;

export const readBoard = (uid: string) =>
  JSON.parse(readFileSync(join(DASHBOARDS, `${uid}.json`), "utf8")) as BoardJson;

/** With a refresh once a day, so that a picture is of one moment: Grafana ignores an empty one. */
export function address(uid: string, theme: string, values: Readonly<Record<string, string>>): string {
  const variables = Object.entries(values).map(([name, value]) => [`var-${name}`, value]);
  const own = { theme, from: "now-15m", to: "now", refresh: "1d", timezone: "utc" };
  return `/d/${uid}?${new URLSearchParams({ ...own, ...Object.fromEntries(variables) })}`;
}

/** With all rows open. */
export function pageHeightOf(uid: string): number {
  const { panels } = readBoard(uid);
  const rows = [panels, ...panels.map(({ panels: folded = [] }) => folded)].map(heightOf);
  return HEAD_PX + ROW_PX * rows.reduce((sum, height) => sum + height, 0);
}

export const foldedRowsOf = (uid: string): readonly string[] =>
  readBoard(uid)
    .panels.filter(({ panels = [] }) => panels.length > 0)
    .map(({ title }) => title);

export const panelTitlesOf = (uid: string): readonly string[] => panelsOf(readBoard(uid)).map(({ title }) => title);

/** @param expected the titles that the page must show */
export function problems(shown: readonly PanelState[], expected: readonly string[]): readonly string[] {
  if (shown.length === 0) return ["no panel is shown"];
  const missing = expected.filter((title) => !shown.some((panel) => panel.title === title));
  return [
    ...missing.map((title) => `"${title}" is not shown`),
    ...shown.flatMap(({ title, text, failed, loading, filled }) => {
      if (failed) return [`"${title}" shows an error`];
      if (loading) return [`"${title}" still loads`];
      if (!filled) return [`"${title}" is empty`];
      return /^No data/i.test(text) ? [`"${title}" shows No data`] : [];
    }),
  ];
}
