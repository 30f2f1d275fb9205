/** What the SDK 1.x gives to the handler of a tool, as the context that a tool gets. */
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import {
  type ElicitRequestFormParams,
  ElicitResultSchema,
  type ServerNotification,
  type ServerRequest,
} from "@modelcontextprotocol/sdk/types.js";
import type { ToolContext } from "../contracts/tool.ts";
import { InvalidArgument } from "../pipeline/errors.ts";
import { progressReporter } from "./progress.ts";
import type { PreparedQuestion } from "./question.ts";

/** How long the user may take for an answer. */
const ANSWER_MS = 120_000;

export type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/**
 * Asks the tool's question first, if it has one.
 *
 * @throws {InvalidArgument} without an answer
 */
export async function toolContext(
  server: McpServer,
  question: PreparedQuestion | undefined,
  args: Readonly<Record<string, unknown>>,
  extra: Extra,
): Promise<ToolContext> {
  const answer = question?.read(await elicit(server, question.ask(args), extra));
  const progress = progressReporter(extra._meta?.progressToken, (notification) => extra.sendNotification(notification));
  return { signal: extra.signal, progress, answer };
}

async function elicit(server: McpServer, params: ElicitRequestFormParams, { signal, sendRequest }: Extra) {
  if (server.server.getClientCapabilities()?.elicitation?.form === undefined) {
    throw new InvalidArgument("this tool asks the user: the client needs the capability elicitation");
  }
  const options = { signal, timeout: ANSWER_MS };
  return sendRequest({ method: "elicitation/create", params }, ElicitResultSchema, options).catch(() => {
    throw new InvalidArgument("the client did not answer the tool's question");
  });
}
