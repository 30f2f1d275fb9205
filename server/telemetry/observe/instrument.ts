/**
 * Instruments an SDK server at two places. The transport sees every message. The wrapper of a handler sees the error that
 * the handler throws, of which the SDK sends only the message.
 */
import type { Logger } from "pino";
import { type ErrorClass, LOG } from "../conventions.ts";
import { argumentKeys, asFields } from "../request/call.ts";
import { isErrorResult } from "../request/outcome.ts";
import { currentCall } from "../request/scope.ts";
import { SafeError } from "../safe-error.ts";
import type { Server, Transport } from "./mcp.ts";
import type { ToolCatalogue, UriTemplate } from "./tool-catalogue.ts";

interface Instrumentation {
  readonly tools: ToolCatalogue;
  /** Finds the error class of what a handler threw. */
  readonly classify: (error: unknown) => ErrorClass | undefined;
  readonly logger: Logger;
  /** Called for each transport to which the server has connected. */
  readonly onConnect: (transport: Transport) => void;
}

type Handler = (...args: unknown[]) => unknown;

/** Call before tools, prompts and resources are registered and before `connect`. */
export function instrument(server: Server, instrumentation: Instrumentation): void {
  wrapRegistration(server, "registerTool", (name, tool) => addTool(name, tool, instrumentation), instrumentation);
  wrapRegistration(server, "registerPrompt", (name) => instrumentation.tools.addPrompt(name), instrumentation);
  wrapRegistration(
    server,
    "registerResource",
    (_, resource) => addResource(resource, instrumentation),
    instrumentation,
  );
  const connect = server.connect.bind(server);
  server.connect = async (transport: Transport) => {
    await connect(transport as never);
    instrumentation.onConnect(transport);
  };
}

/** Replaces a method of the server. The handler is the last argument of all three methods. */
function wrapRegistration(
  server: Server,
  method: "registerTool" | "registerPrompt" | "registerResource",
  onRegister: (name: string, second: unknown) => void,
  instrumentation: Instrumentation,
): void {
  const register = server[method].bind(server) as Handler;
  const wrapped: Handler = (name, ...rest) => {
    onRegister(String(name), rest[0]);
    return register(name, ...rest.slice(0, -1), wrapHandler(rest.at(-1) as Handler, instrumentation));
  };
  Object.assign(server, { [method]: wrapped });
}

/** @param tool its title, description, schemas and annotations */
function addTool(name: string, tool: unknown, { tools }: Instrumentation): void {
  tools.add(name);
  tools.setReadOnly(name, asFields(asFields(tool).annotations).readOnlyHint === true);
}

/** @param resource a URI or a `ResourceTemplate` */
function addResource(resource: unknown, { tools }: Instrumentation): void {
  if (typeof resource === "string") tools.addResource(resource);
  else if (typeof resource === "object" && resource !== null && "uriTemplate" in resource) {
    tools.addResource(resource.uriTemplate as UriTemplate);
  }
}

function wrapHandler(handler: Handler, { classify, logger }: Instrumentation): Handler {
  return async (...args) => {
    const call = currentCall();
    if (call === undefined) return handler(...args);
    call.handler = "entered";
    call.handlerArguments = args;
    if (logger.isLevelEnabled("debug")) logger.debug({ [LOG.argKeys]: argumentKeys(args) }, "handler entered");
    try {
      const result = await handler(...args);
      call.handler = isErrorResult(result) ? "answered with an error" : "returned";
      return result;
    } catch (error) {
      call.errorClass = classOf(error, classify);
      call.handler = call.errorClass === undefined ? "rejected the arguments" : "threw";
      if (call.handler === "threw") call.cause = error;
      throw answerable(error);
    }
  };
}

/** The SDK reads the message of what a handler threw. Without a readable one, its answer would be an invalid result. */
function answerable(thrown: unknown): unknown {
  try {
    if (typeof (thrown instanceof Error ? thrown.message : String(thrown)) === "string") return thrown;
  } catch {}
  return new SafeError("the handler threw a value without a readable message");
}

function classOf(error: unknown, classify: Instrumentation["classify"]): ErrorClass | undefined {
  try {
    return classify(error);
  } catch {
    return "unknown";
  }
}
