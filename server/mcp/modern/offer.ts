/** Registers what is prepared with an SDK 2 server. */
import {
  completable,
  inputRequired,
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceTemplate,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Prompt } from "../../contracts/prompt.ts";
import type { Resource } from "../../contracts/resource.ts";
import type { ToolContext } from "../../contracts/tool.ts";
import type { Prepared, PreparedTool } from "../prepared.ts";
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
  server.registerTool(name, { ...config, ...schemas } as typeof config, (args: Record<string, unknown>, context) => {
    const { mcpReq } = context;
    const answer = mcpReq.inputResponses?.[ANSWER] as ElicitedAnswer | undefined;
    if (question !== undefined && answer === undefined) {
      return inputRequired({ inputRequests: { [ANSWER]: inputRequired.elicit(question.ask(args)) } });
    }
    const { signal } = mcpReq;
    return run(caller(), args, { signal, progress: reporter(context), answer: answer && question?.read(answer) });
  });
}

function reporter({ mcpReq }: ServerContext): ToolContext["progress"] {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => {};
  return (progress, total) => {
    const params = { progressToken, progress, ...(total !== undefined && { total }) };
    // The client may have disconnected. Then the answer is not delivered either, and the telemetry says so.
    void mcpReq.notify({ method: "notifications/progress", params }).catch(() => {});
  };
}

function registerResource(server: McpServer, { name, uri, title, description, mimeType, read }: Resource): void {
  const config = { title, description, mimeType };
  const answer = async (url: URL, variables: Record<string, unknown>) => {
    const text = await read(variables as Record<string, string>);
    if (text === undefined)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, "there is no resource at this URI");
    return { contents: [{ uri: url.href, mimeType, text }] };
  };
  if (uri.includes("{")) server.registerResource(name, new ResourceTemplate(uri, { list: undefined }), config, answer);
  else server.registerResource(name, uri, config, (url) => answer(url, {}));
}

function registerPrompt(server: McpServer, { name, title, description, input, complete = {}, run }: Prompt): void {
  const fields = Object.entries(input).map(([argument, schema]) => {
    const propose = complete[argument];
    // Both SDKs mark the schema that they get, in the same place: each needs its own.
    return [argument, propose ? completable(schema.clone(), (start) => [...propose(start)]) : schema] as const;
  });
  const argsSchema = z.object(Object.fromEntries(fields));
  server.registerPrompt(name, { title, description, argsSchema }, async (args) => ({
    messages: [{ role: "user", content: { type: "text", text: await run(args as never) } }],
  }));
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
