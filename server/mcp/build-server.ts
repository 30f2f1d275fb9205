/** One SDK server per session, with the same tools. */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
import type { Telemetry } from "../telemetry/index.ts";
import type { Tool } from "../tools/tool.ts";

export interface ServerInfo {
  readonly name: string;
  readonly version: string;
}

/** @returns makes a server that is observed and has its tools, not yet connected */
export const serverFactory = (info: ServerInfo, tools: readonly Tool[], telemetry: Telemetry) => {
  for (const tool of tools) telemetry.introduce(tool.name, tool.budgetMs);
  const schemas = new Map(tools.map((tool) => [tool, { input: z.object(tool.input), output: z.object(tool.output) }]));
  return (): McpServer => {
    const server = new McpServer({ name: info.name, version: info.version }, { capabilities: { logging: {} } });
    telemetry.instrument(server);
    for (const [tool, { input, output }] of schemas) {
      server.registerTool(
        tool.name,
        {
          title: tool.title,
          description: tool.description,
          inputSchema: input,
          outputSchema: output,
          ...(tool.annotations && { annotations: tool.annotations }),
        },
        async (args: unknown, { signal }: { signal: AbortSignal }) => {
          const structuredContent = (await tool.run(args as never, { signal })) as Record<string, unknown>;
          return { structuredContent, content: [{ type: "text", text: JSON.stringify(structuredContent) }] };
        },
      );
    }
    return server;
  };
};
