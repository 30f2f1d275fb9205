/** The list of tools. Add yours here. */
import type { Config } from "../config.ts";
// demo:
import { dependency } from "../pipeline/dependency.ts";
// :demo
import type { PipelineTelemetry } from "../telemetry/index.ts";
import { add } from "./add.ts";
// demo:
import { lookupItem } from "./lookup-item.ts";
// :demo
import { misbehave } from "./misbehave.ts";
import type { Tool } from "./tool.ts";

/** What tools are made from. */
export interface Means {
  readonly config: Config;
  /** For the dependencies of tools. */
  readonly telemetry: PipelineTelemetry;
}

export function toolsFor(means: Means): readonly Tool[] {
  const tools: Tool[] = [add];
  if (means.config.demo) tools.push(misbehave);
  // demo:
  tools.push(lookupItem(dependency("catalog", means.config.catalogUrl, means.telemetry)));
  // :demo
  return tools;
}
