/** What the server offers, prepared once for the SDK servers of both eras: schemas are compiled and pipelines are built. */
import { z } from "zod";
import type { Offer } from "../contracts/offer.ts";
import type { Prompt } from "../contracts/prompt.ts";
import type { Resource } from "../contracts/resource.ts";
import type { Tool } from "../contracts/tool.ts";
import type { Run } from "../pipeline/pipeline.ts";
import { type PreparedQuestion, prepareQuestion } from "./question.ts";

export interface PreparedTool {
  readonly name: string;
  readonly config: Pick<Tool, "title" | "description" | "annotations"> & {
    readonly inputSchema: z.ZodObject;
    readonly outputSchema: z.ZodObject;
  };
  readonly question: PreparedQuestion | undefined;
  readonly run: Run;
}

/** Lists that an SDK server registers, each in its order. */
export interface Prepared {
  readonly tools: readonly PreparedTool[];
  readonly resources: readonly Resource[];
  readonly prompts: readonly Prompt[];
}

export const prepare = ({ tools, resources = [], prompts = [] }: Offer, pipeline: (tool: Tool) => Run): Prepared => ({
  tools: tools.map((tool) => {
    const { name, title, description, annotations } = tool;
    const inputSchema = z.object(tool.input);
    const outputSchema = z.object(tool.output);
    const config = { title, description, inputSchema, outputSchema, ...(annotations && { annotations }) };
    return { name, config, question: tool.question && prepareQuestion(tool.question), run: pipeline(tool) };
  }),
  resources,
  prompts,
});
