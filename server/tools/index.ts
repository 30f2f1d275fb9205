/** The list of tools. Add yours here. */
import type { Config } from "../config.ts";
import { dependency } from "../pipeline/dependency.ts";
import type { PipelineTelemetry } from "../telemetry/index.ts";
import { add } from "./add.ts";
import { lookupItem } from "./lookup-item.ts";
import { misbehave } from "./misbehave.ts";
import type { Tool } from "./tool.ts";

export function toolsFor(config: Pick<Config, "catalogUrl" | "demo">, telemetry: PipelineTelemetry): readonly Tool[] {
  const catalog = dependency("catalog", config.catalogUrl, telemetry);
  return [add, lookupItem(catalog), ...(config.demo ? [misbehave] : [])];
}
