/** The demo's tools: one that asks a dependency, one that fails on demand; and a resource that fails on demand. There with `MCP_DEMO=1`. */
import type { Resource } from "../contracts/resource.ts";
import type { Tool } from "../contracts/tool.ts";
import { dependency } from "../pipeline/dependency.ts";
import type { ToolDependencies } from "../tools/index.ts";
import { lookupItem } from "./lookup-item.ts";
import { misbehave } from "./misbehave.ts";
import { unreliable } from "./unreliable.ts";

interface DemoDependencies extends ToolDependencies {
  readonly demo: boolean;
  readonly catalogUrl: string;
}

export const demoTools = ({ demo, catalogUrl, telemetry }: DemoDependencies): readonly Tool[] =>
  demo ? [lookupItem(dependency("catalog", catalogUrl, telemetry)), misbehave] : [];

export const demoResources = ({ demo }: Pick<DemoDependencies, "demo">): readonly Resource[] =>
  demo ? [unreliable] : [];
