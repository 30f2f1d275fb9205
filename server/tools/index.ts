/** The list of tools. Add yours here. */
import type { Config } from "../config.ts";
import { add } from "./add.ts";
import { lookupItem } from "./lookup-item.ts";
import { misbehave } from "./misbehave.ts";
import type { Tool } from "./tool.ts";

export const toolsFor = (config: Pick<Config, "catalogUrl" | "demo">): readonly Tool[] => [
  add,
  lookupItem(config.catalogUrl),
  ...(config.demo ? [misbehave] : []),
];
