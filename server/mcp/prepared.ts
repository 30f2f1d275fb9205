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

export interface PreparedResource {
  readonly name: string;
  readonly uri: string;
  readonly config: Pick<Resource, "title" | "description" | "mimeType">;
  /** @returns undefined when there is nothing at the URL */
  readonly read: (
    url: URL,
    variables?: object,
  ) => Promise<{ contents: { uri: string; mimeType: string; text: string }[] } | undefined>;
}

export interface PreparedPrompt {
  readonly name: string;
  readonly config: Pick<Prompt, "title" | "description">;
  readonly input: readonly PreparedArgument[];
  readonly run: (args: unknown) => Promise<{ messages: { role: "user"; content: { type: "text"; text: string } }[] }>;
}

interface PreparedArgument {
  readonly argument: string;
  readonly schema: Prompt["input"][string];
  /** Proposes values while the user types. */
  readonly propose: ((start: string) => string[]) | undefined;
}

/** Lists that an SDK server registers, each in its order. */
export interface Prepared {
  readonly tools: readonly PreparedTool[];
  readonly resources: readonly PreparedResource[];
  readonly prompts: readonly PreparedPrompt[];
}

export const prepare = ({ tools, resources = [], prompts = [] }: Offer, pipeline: (tool: Tool) => Run): Prepared => ({
  tools: tools.map((tool) => prepareTool(tool, pipeline(tool))),
  resources: resources.map(prepareResource),
  prompts: prompts.map(preparePrompt),
});

function prepareTool(tool: Tool, run: Run): PreparedTool {
  const { name, title, description, annotations } = tool;
  const inputSchema = z.object(tool.input);
  const outputSchema = z.object(tool.output);
  const config = { title, description, inputSchema, outputSchema, ...(annotations && { annotations }) };
  return { name, config, question: tool.question && prepareQuestion(tool.question), run };
}

const prepareResource = ({ name, uri, title, description, mimeType, read }: Resource): PreparedResource => ({
  name,
  uri,
  config: { title, description, mimeType },
  async read(url, variables = {}) {
    const text = await read(variables as Record<string, string>);
    return text === undefined ? undefined : { contents: [{ uri: url.href, mimeType, text }] };
  },
});

const preparePrompt = ({ name, title, description, input, complete = {}, run }: Prompt): PreparedPrompt => ({
  name,
  config: { title, description },
  input: Object.entries(input).map(([argument, schema]) => {
    const propose = complete[argument];
    return { argument, schema, propose: propose && ((start) => [...propose(start)]) };
  }),
  run: async (args) => ({
    messages: [{ role: "user", content: { type: "text", text: await run(args as never) } }],
  }),
});
