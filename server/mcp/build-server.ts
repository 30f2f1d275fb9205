/** Makes an SDK server for each session. All servers share what is offered, and the pipelines of the tools. */
import { completable } from "@modelcontextprotocol/sdk/server/completable.js";
import { McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { McpError } from "@modelcontextprotocol/sdk/types.js";
import type { Telemetry } from "mcp-telemetry";
import { SafeError } from "mcp-telemetry/safe-error";
import { answerCallerErrors } from "./caller-errors.ts";
import type { Prepared, PreparedPrompt, PreparedResource, PreparedTool } from "./prepared.ts";
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

const toolRegistration =
  ({ name, config, question, run }: PreparedTool): Registration =>
  (server) =>
    void server.registerTool(name, config, async (args: Record<string, unknown>, extra: Extra) =>
      run(server, args, await toolContext(server, question, args, extra)),
    );

function resourceRegistration({ name, uri, config, read }: PreparedResource): Registration {
  const answer = async (url: URL, variables?: object) => {
    const contents = await read(url, variables);
    if (contents === undefined) throw new McpError(RESOURCE_NOT_FOUND, "there is no resource at this URI");
    return contents;
  };
  if (!uri.includes("{")) return (server) => void server.registerResource(name, uri, config, (url) => answer(url));
  const template = new ResourceTemplate(uri, { list: undefined });
  return (server) => void server.registerResource(name, template, config, answer);
}

function promptRegistration({ name, config, input, run }: PreparedPrompt): Registration {
  const argsSchema = Object.fromEntries(
    input.map(({ argument, schema, propose }) => [argument, propose ? completable(schema, propose) : schema]),
  );
  return (server) => void server.registerPrompt(name, { ...config, argsSchema }, run);
}

/** The SDK's own words end at the first colon. What follows may repeat the caller's message. */
function inOwnWords({ name, message, stack }: Error): Error {
  return Object.assign(new SafeError(message.split(":", 1)[0]), { name, ...(stack && { stack }) });
}
