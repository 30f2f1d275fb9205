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

// demo:
/** @param telemetry for the dependencies of tools */
export function toolsFor(config: Config, telemetry: PipelineTelemetry): readonly Tool[] {
  const catalog = dependency("catalog", config.catalogUrl, telemetry);
  return [add, lookupItem(catalog), ...(config.demo ? [misbehave] : [])];
}
// demo else:
// /** @param _telemetry for the dependencies of tools */
// export function toolsFor(config: Config, _telemetry: PipelineTelemetry): readonly Tool[] {
//   return [add, ...(config.demo ? [misbehave] : [])];
// }
// :demo
