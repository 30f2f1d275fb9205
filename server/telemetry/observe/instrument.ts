/**
 * Two places around an SDK server: the transport, which sees every message, and each tool's handler, which alone
 * sees a failure's cause (the SDK flattens it to a text before the transport does).
 */
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Logger } from "pino";
import { type ErrorClass, LOG } from "../conventions.ts";
import { isErrorResult } from "../request/outcome.ts";
import { currentCall } from "../request/scope.ts";
import type { ToolCatalogue } from "./tool-catalogue.ts";

export interface Instrumentation {
  readonly tools: ToolCatalogue;
  /** Names the cause of a failed call. */
  readonly classify: (error: unknown) => ErrorClass;
  readonly logger: Logger;
  /** Called for each transport the server connects to. */
  readonly observe: (transport: Transport) => void;
}

type Handler = (...args: unknown[]) => unknown;
type Register = (...args: unknown[]) => unknown;

/** Call before tools, prompts and resources are registered and before `connect`. */
export function instrument(server: McpServer, around: Instrumentation): void {
  wrap(server, "registerTool", (name) => around.tools.add(name), around);
  wrap(server, "registerPrompt", (name) => around.tools.addPrompt(name), around);
  wrap(server, "registerResource", () => {}, around);
  const connect = server.connect.bind(server);
  server.connect = async (transport) => {
    await connect(transport);
    around.observe(transport);
  };
}

/** The handler is the last argument of all three. */
function wrap(
  server: McpServer,
  method: "registerTool" | "registerPrompt" | "registerResource",
  known: (name: string) => void,
  around: Instrumentation,
): void {
  const register = server[method].bind(server) as Register;
  const wrapped: Register = (name, ...rest) => {
    known(String(name));
    return register(name, ...rest.slice(0, -1), observed(rest.at(-1) as Handler, around));
  };
  Object.assign(server, { [method]: wrapped });
}

function observed(handler: Handler, { classify, logger }: Instrumentation): Handler {
  return async (...args) => {
    const call = currentCall();
    if (call === undefined) return handler(...args);
    call.handler = "entered";
    // Validated arguments: their keys are the schema's, not a caller's invention.
    if (logger.isLevelEnabled("debug")) logger.debug({ [LOG.argKeys]: Object.keys(args[0] ?? {}) }, "handler entered");
    try {
      const result = await handler(...args);
      call.handler = isErrorResult(result) ? "answered with an error" : "returned";
      return result;
    } catch (error) {
      call.handler = "threw";
      call.cause = error;
      call.errorClass = classify(error);
      throw error;
    }
  };
}
