/**
 * Writes every board to `grafana/dashboards/<uid>.json`; the output is deterministic. With `--check` it writes nothing,
 * prints each committed file that differs, and exits with 1.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { boards } from "./boards.ts";

export const DASHBOARDS = join(import.meta.dirname, "../dashboards");

/** Sorts the keys, as Grafana does when it saves a dashboard. */
const sorted = (_key: string, value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** File name and content of every board. */
export const rendered = () =>
  boards().map((board) => ({
    name: `${board.uid}.json`,
    json: `${JSON.stringify(board, sorted, 2)}\n`,
  }));

const contentOf = (file: string) => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
};

/** The files of a folder that differ from what would be rendered now. */
export const stale = (folder: string) =>
  rendered()
    .filter(({ name, json }) => contentOf(join(folder, name)) !== json)
    .map(({ name }) => join(folder, name));

const check = () => {
  for (const file of stale(DASHBOARDS)) {
    process.stderr.write(`${file} is out of date: run make dashboards\n`);
    process.exitCode = 1;
  }
};

const write = () => {
  mkdirSync(DASHBOARDS, { recursive: true });
  for (const { name, json } of rendered()) writeFileSync(join(DASHBOARDS, name), json);
};

if (import.meta.main) process.argv.includes("--check") ? check() : write();
