/** A board's page: its address, its height, and the problems of the panels that it shows. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BoardJson } from "../../grafana/src/board-json.ts";
import { DASHBOARDS } from "../../grafana/src/render.ts";
import type { PanelState } from "./panel-state.ts";

export const WINDOW = { width: 1440, height: 900 } as const;
export const THEMES = ["dark", "light"] as const;
/** Height of one row of the grid with its gap, and of the part above the panels. */
const ROW_PX = 38;
const HEAD_PX = 200;

const read = (uid: string) => JSON.parse(readFileSync(join(DASHBOARDS, `${uid}.json`), "utf8")) as BoardJson;

/** Without refresh, so that a picture is of one moment. */
export function address(uid: string, theme: string, values: Readonly<Record<string, string>>): string {
  const variables = Object.entries(values).map(([name, value]) => [`var-${name}`, value]);
  const own = { theme, from: "now-15m", to: "now", refresh: "", timezone: "utc" };
  return `/d/${uid}?${new URLSearchParams({ ...own, ...Object.fromEntries(variables) })}`;
}

export const heightOf = (uid: string): number =>
  HEAD_PX + ROW_PX * Math.max(...read(uid).panels.map(({ gridPos }) => gridPos.y + gridPos.h));

export function problems(shown: readonly PanelState[]): readonly string[] {
  if (shown.length === 0) return ["no panel is shown"];
  return shown.flatMap(({ title, text, failed, loading }) => {
    if (failed) return [`"${title}" shows an error`];
    if (loading) return [`"${title}" still loads`];
    return /No data/i.test(text) ? [`"${title}" shows No data`] : [];
  });
}
