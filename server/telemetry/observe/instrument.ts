/**
 * Two places around an SDK server: the transport, which sees every message, and each tool's handler, which alone
 * sees a failure's cause (the SDK flattens it to a text before the transport does).
 */
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { ErrorClass } from "../conventions.ts";
import { currentCall } from "./scope.ts";
import type { ToolCatalogue } from "./tool-catalogue.ts";

export interface Instrumentation {
  readonly tools: ToolCatalogue;
  /** Names the cause of a failed call. */
  readonly classify: (error: unknown) => ErrorClass;
  /** Called for each transport the server connects to. */
  readonly observe: (transport: Transport) => void;
}

type Handler = (...args: unknown[]) => unknown;

/** Call before tools and prompts are registered and before `connect`. */
export function instrument(server: McpServer, around: Instrumentation): void {
  const register = server.registerTool.bind(server) as (...args: unknown[]) => unknown;
  server.registerTool = ((name: string, config: unknown, handler: Handler) => {
    around.tools.add(name);
    return register(name, config, observed(handler, around.classify));
  }) as typeof server.registerTool;

  const registerPrompt = server.registerPrompt.bind(server) as (...args: unknown[]) => unknown;
  server.registerPrompt = ((name: string, ...rest: unknown[]) => {
    around.tools.addPrompt(name);
    return registerPrompt(name, ...rest);
  }) as typeof server.registerPrompt;

  const connect = server.connect.bind(server);
  server.connect = async (transport) => {
    await connect(transport);
    around.observe(transport);
  };
}

function observed(handler: Handler, classify: (error: unknown) => ErrorClass): Handler {
  return async (...args) => {
    const call = currentCall();
    if (call === undefined) return handler(...args);
    call.handler = "entered";
    try {
      const result = await handler(...args);
      call.handler = isError(result) ? "answered with an error" : "returned";
      return result;
    } catch (error) {
      call.handler = "threw";
      call.cause = error;
      call.errorClass = classify(error);
      throw error;
    }
  };
}

const isError = (result: unknown): boolean =>
  typeof result === "object" && result !== null && "isError" in result && result.isError === true;
