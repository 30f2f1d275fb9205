/** The list of tools. Add yours here. */

import type { PipelineTelemetry } from "mcp-telemetry";
import type { Tool } from "../contracts/tool.ts";
import { add } from "./add.ts";
import { countdown } from "./countdown.ts";
import { greet } from "./greet.ts";

/** What tools need from `main.ts`: the telemetry, and settings under their names in `config.ts`. */
export interface ToolDependencies {
  /** For a tool that uses `dependency()`. */
  readonly telemetry: PipelineTelemetry;
}

export const toolsFor = (_dependencies: ToolDependencies): readonly Tool[] => [add, countdown, greet];
