/** The files of the page. The built package has their contents in the code, in the place of this file. */
import { readFileSync } from "node:fs";

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

export const CSS = read("page.css");
export const SCRIPT = read("page.js");
