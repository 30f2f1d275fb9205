/** Makes an SDK server for each session. All servers share the tools and their pipelines. */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
import type { Tool } from "../contracts/tool.ts";
import type { Run } from "../pipeline/pipeline.ts";
import type { Telemetry } from "../telemetry/index.ts";
import { SafeError } from "../telemetry/safe-error.ts";
import { answerCallerErrors } from "./caller-errors.ts";

interface ServerInfo {
  readonly name: string;
  readonly version: string;
}

/** @returns a function that makes an instrumented server with all tools, not yet connected */
export function serverFactory(
  { name, version }: ServerInfo,
  tools: readonly Tool[],
  pipeline: (tool: Tool) => Run,
  telemetry: Telemetry,
): () => McpServer {
  const prepared = tools.map((tool) => ({
    tool,
    run: pipeline(tool),
    input: z.object(tool.input),
    output: z.object(tool.output),
  }));
  return () => {
    const server = new McpServer({ name, version }, { capabilities: { logging: {} } });
    telemetry.instrument(server);
    server.server.onerror = (error) => telemetry.logger.warn({ err: inOwnWords(error) }, "the SDK reported an error");
    for (const { tool, run, input, output } of prepared) {
      const { title, description, annotations } = tool;
      server.registerTool(
        tool.name,
        { title, description, inputSchema: input, outputSchema: output, ...(annotations && { annotations }) },
        (args: Record<string, unknown>, { signal }: { signal: AbortSignal }) => run(server, args, signal),
      );
    }
    answerCallerErrors(server.server);
    return server;
  };
}

/** The SDK's own words end at the first colon. What follows may repeat the caller's message. */
function inOwnWords({ name, message, stack }: Error): Error {
  return Object.assign(new SafeError(message.split(":", 1)[0]), { name, ...(stack && { stack }) });
}
