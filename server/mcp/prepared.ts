/** What the server offers, prepared once for the SDK servers of both eras: their schemas are compiled and their pipelines built. */
import { z } from "zod";
import type { Tool } from "../contracts/tool.ts";
import type { Run } from "../pipeline/pipeline.ts";

export interface PreparedTool {
  readonly name: string;
  readonly config: Pick<Tool, "title" | "description" | "annotations"> & {
    readonly inputSchema: z.ZodObject;
    readonly outputSchema: z.ZodObject;
  };
  readonly run: Run;
}

/** Lists that an SDK server registers, each in its order. */
export interface Prepared {
  readonly tools: readonly PreparedTool[];
}

export const prepare = (tools: readonly Tool[], pipeline: (tool: Tool) => Run): Prepared => ({
  tools: tools.map((tool) => {
    const { name, title, description, annotations } = tool;
    const inputSchema = z.object(tool.input);
    const outputSchema = z.object(tool.output);
    const config = { title, description, inputSchema, outputSchema, ...(annotations && { annotations }) };
    return { name, config, run: pipeline(tool) };
  }),
});
