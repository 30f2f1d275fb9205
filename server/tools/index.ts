/** The list of tools. Add yours here. */
import type { Tool } from "../contracts/tool.ts";
import type { PipelineTelemetry } from "../telemetry/index.ts";
import { add } from "./add.ts";

/** What tools are made from. A setting that a tool needs is named here, by its name in `config.ts`. */
export interface ToolDependencies {
  /** For the dependencies of tools. */
  readonly telemetry: PipelineTelemetry;
}

export const toolsFor = (_dependencies: ToolDependencies): readonly Tool[] => [add];
