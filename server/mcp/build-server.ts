/** Makes an SDK server for each session. All servers share what is offered, and the pipelines of the tools. */
import { completable } from "@modelcontextprotocol/sdk/server/completable.js";
import { McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { McpError } from "@modelcontextprotocol/sdk/types.js";
import type { Prompt } from "../contracts/prompt.ts";
import type { Resource } from "../contracts/resource.ts";
import type { Telemetry } from "../telemetry/index.ts";
import { SafeError } from "../telemetry/safe-error.ts";
import { answerCallerErrors } from "./caller-errors.ts";
import type { Prepared, PreparedTool } from "./prepared.ts";
import { type Extra, toolContext } from "./tool-context.ts";

const RESOURCE_NOT_FOUND = -32002;

export interface ServerInfo {
  readonly name: string;
  readonly version: string;
}

/** @returns a function that makes an instrumented server with all that is offered, not yet connected */
export function serverFactory(
  { name, version }: ServerInfo,
  { tools, resources, prompts }: Prepared,
  telemetry: Telemetry,
): () => McpServer {
  const registrations = [
    ...tools.map(toolRegistration),
    ...resources.map(resourceRegistration),
    ...prompts.map(promptRegistration),
  ];
  return () => {
    const server = new McpServer({ name, version }, { capabilities: { logging: {} } });
    telemetry.instrument(server);
    server.server.onerror = (error) => telemetry.logger.warn({ err: inOwnWords(error) }, "the SDK reported an error");
    for (const register of registrations) register(server);
    answerCallerErrors(server.server);
    return server;
  };
}

/** Everything that is the same for all servers is made once. */
type Registration = (server: McpServer) => void;

const toolRegistration = ({ name, config, question, run }: PreparedTool): Registration => {
  return (server) => {
    server.registerTool(name, config, async (args: Record<string, unknown>, extra: Extra) =>
      run(server, args, await toolContext(server, question, args, extra)),
    );
  };
};

function resourceRegistration({ name, uri, title, description, mimeType, read }: Resource): Registration {
  const config = { title, description, mimeType };
  const answer = async (url: URL, variables: Record<string, unknown>) => {
    const text = await read(variables as Record<string, string>);
    if (text === undefined) throw new McpError(RESOURCE_NOT_FOUND, "there is no resource at this URI");
    return { contents: [{ uri: url.href, mimeType, text }] };
  };
  if (!uri.includes("{")) return (server) => void server.registerResource(name, uri, config, (url) => answer(url, {}));
  const template = new ResourceTemplate(uri, { list: undefined });
  return (server) => void server.registerResource(name, template, config, answer);
}

function promptRegistration({ name, title, description, input, complete = {}, run }: Prompt): Registration {
  const argsSchema = Object.fromEntries(
    Object.entries(input).map(([argument, schema]) => {
      const propose = complete[argument];
      return [argument, propose ? completable(schema, (start) => [...propose(start)]) : schema];
    }),
  );
  return (server) => {
    server.registerPrompt(name, { title, description, argsSchema }, async (args) => ({
      messages: [{ role: "user", content: { type: "text", text: await run(args as never) } }],
    }));
  };
}

/** The SDK's own words end at the first colon. What follows may repeat the caller's message. */
function inOwnWords({ name, message, stack }: Error): Error {
  return Object.assign(new SafeError(message.split(":", 1)[0]), { name, ...(stack && { stack }) });
}
