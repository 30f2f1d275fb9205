/** Registers what is prepared with an SDK 2 server. */
import {
  completable,
  inputRequired,
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceTemplate,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Prepared, PreparedPrompt, PreparedResource, PreparedTool } from "../prepared.ts";
import { progressReporter } from "../progress.ts";
import type { ElicitedAnswer } from "../question.ts";

/** The key of a tool's question, and of its answer. */
const ANSWER = "answer";

/** @param caller the same object for all calls of a caller */
export function registerOffer(server: McpServer, { tools, resources, prompts }: Prepared, caller: () => object): void {
  for (const tool of tools) registerTool(server, tool, caller);
  for (const resource of resources) registerResource(server, resource);
  for (const prompt of prompts) registerPrompt(server, prompt);
}

/** A question goes out as the result of the call. The client answers it with the next call. */
function registerTool(server: McpServer, { name, config, question, run }: PreparedTool, caller: () => object): void {
  const schemas = { inputSchema: memoised(config.inputSchema), outputSchema: memoised(config.outputSchema) };
  server.registerTool(name, { ...config, ...schemas } as typeof config, (args: Record<string, unknown>, { mcpReq }) => {
    const answer = mcpReq.inputResponses?.[ANSWER] as ElicitedAnswer | undefined;
    if (question !== undefined && answer === undefined) {
      return inputRequired({ inputRequests: { [ANSWER]: inputRequired.elicit(question.ask(args)) } });
    }
    const progress = progressReporter(mcpReq._meta?.progressToken, (notification) => mcpReq.notify(notification));
    return run(caller(), args, { signal: mcpReq.signal, progress, answer: answer && question?.read(answer) });
  });
}

function registerResource(server: McpServer, { name, uri, config, read }: PreparedResource): void {
  const answer = async (url: URL, variables?: object) => {
    const contents = await read(url, variables);
    if (contents === undefined) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, "there is no resource at this URI");
    }
    return contents;
  };
  if (uri.includes("{")) server.registerResource(name, new ResourceTemplate(uri, { list: undefined }), config, answer);
  else server.registerResource(name, uri, config, (url) => answer(url));
}

function registerPrompt(server: McpServer, { name, config, input, run }: PreparedPrompt): void {
  const fields = input.map(({ argument, schema, propose }) => {
    // Both SDKs mark the schema that they get, in the same place: each needs its own.
    return [argument, propose ? completable(schema.clone(), propose) : schema] as const;
  });
  server.registerPrompt(name, { ...config, argsSchema: z.object(Object.fromEntries(fields)) }, run);
}

/** The SDK makes the JSON schema of every tool anew for each `tools/list`. */
function memoised(schema: z.ZodObject) {
  const { "~standard": standard } = schema;
  const { jsonSchema } = standard;
  const once = (make: typeof jsonSchema.input): typeof jsonSchema.input => {
    let made: ReturnType<typeof make> | undefined;
    return (options) => {
      made ??= make(options);
      return made;
    };
  };
  return {
    "~standard": { ...standard, jsonSchema: { input: once(jsonSchema.input), output: once(jsonSchema.output) } },
  };
}
