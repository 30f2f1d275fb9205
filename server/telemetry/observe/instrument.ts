/**
 * Instruments a server of either SDK, a McpServer or a low-level Server, at two places. The transport sees every message.
 * What the server calls for a request is wrapped where every way to register it passes: a McpServer's at the call, a
 * low-level Server's when `setRequestHandler` is called.
 */
import { OTHER } from "../conventions.ts";
import { asFields } from "../request/call.ts";
import { HANDLED } from "../request/outcome.ts";
import { currentCall } from "../request/scope.ts";
import { type Handler, type Watching, watched } from "./handler.ts";
import { LISTS, type ListedNames } from "./listed.ts";
import type { Message, MessageExtra, Server, Transport } from "./mcp.ts";
import { learnAll, learnRegistered, type McpInternals, watchPrompts, wrapRegistered } from "./registered.ts";
import { replace } from "./replace.ts";
import type { ToolCatalogue } from "./tool-catalogue.ts";

export interface Instrumentation extends Watching {
  readonly tools: ToolCatalogue;
  /** Learns the names that low-level servers list. */
  readonly listed: ListedNames;
  /** Called for each transport to which the server connects, before a message is received. */
  readonly onConnect: (transport: Transport) => void;
}

/** The members of a low-level Server that are used, some of which are not public; see docs/vendor-seams.md. */
export interface ServerInternals {
  _requestHandlers?: Map<string, Handler>;
  setRequestHandler: Handler;
  connect(transport: Transport): Promise<void>;
}

type Connecting = Transport & { start(): Promise<void> };

/** The methods of a McpServer by which the SDK sets its own handlers of requests. */
const SDK_SETS = ["setToolRequestHandlers", "setPromptRequestHandlers", "setResourceRequestHandlers"] as const;
/** Set once the SDK has done so. */
const SDK_HAS_SET: Readonly<Record<string, string>> = {
  "tools/call": "_toolHandlersInitialized",
  "prompts/get": "_promptHandlersInitialized",
  "resources/read": "_resourceHandlersInitialized",
};

/** Call before tools, prompts and resources are registered and before `connect`. */
export function instrument(server: Server, instrumentation: () => Instrumentation | undefined): void {
  const mcp = "server" in server ? (server as unknown as McpInternals) : undefined;
  const watch = new ServerWatch(instrumentation);
  if (mcp !== undefined) watch.follow(mcp);
  watch.attach((mcp?.server ?? server) as ServerInternals);
}

/** Watches one server, from before anything is registered. */
export class ServerWatch {
  /** Undefined while the telemetry does not run. */
  readonly #instrumentation: (transport?: Transport) => Instrumentation | undefined;
  #mcp: McpInternals | undefined;
  /** Whether the SDK sets handlers now, and not the author of the server. */
  #bySdk = false;
  /** Methods whose handler is watched. Of any other, it is not known whether one was entered. */
  readonly #watched = new Set<string>();

  /** @param instrumentation gets the transport when a server connects */
  constructor(instrumentation: (transport?: Transport) => Instrumentation | undefined) {
    this.#instrumentation = instrumentation;
  }

  /** @param mcp the McpServer around the server; it may still be under construction */
  follow(mcp: McpInternals): void {
    this.#mcp = mcp;
    watchPrompts(mcp, this.#ofRegistration);
    const methods = mcp as unknown as Record<(typeof SDK_SETS)[number], () => void>;
    for (const name of SDK_SETS) {
      const set = methods[name].bind(mcp);
      replace(methods, name, () => {
        this.#bySdk = true;
        try {
          set();
        } finally {
          this.#bySdk = false;
        }
      });
    }
  }

  /** @param server may still be under construction */
  attach(server: ServerInternals): void {
    for (const [method, handler] of server._requestHandlers ?? []) {
      if (!HANDLED.has(method) && !LISTS.has(method)) continue;
      const bySdk = asFields(this.#mcp)[SDK_HAS_SET[method] ?? ""] === true;
      this.#watched.add(method);
      server._requestHandlers?.set(method, bySdk ? this.#ofSdk(handler) : this.#ofAuthor(handler));
    }
    const setRequestHandler = server.setRequestHandler.bind(server);
    replace(server, "setRequestHandler", (...args) => {
      const handler = args.at(-1);
      if (typeof handler !== "function") return setRequestHandler(...args);
      this.#watched.add(methodOf(args[0]));
      const wrapped = this.#bySdk ? this.#ofSdk(handler as Handler) : this.#ofAuthor(handler as Handler);
      return setRequestHandler(...args.slice(0, -1), wrapped);
    });
    const connect = server.connect.bind(server);
    replace(server, "connect", (transport) => {
      const isServer = server._requestHandlers?.has("initialize") === true;
      const instrumentation = isServer ? this.#instrumentation(transport) : undefined;
      if (instrumentation !== undefined) this.#observeFromStart(transport as Connecting, instrumentation);
      return connect(transport);
    });
  }

  /** The SDK sets the callbacks of the transport, then starts it. Between the two, the telemetry sets its own. */
  #observeFromStart(transport: Connecting, instrumentation: Instrumentation): void {
    const { tools, onConnect } = instrumentation;
    const own = Object.hasOwn(transport, "start");
    const { start } = transport;
    transport.start = () => {
      if (own) transport.start = start;
      else Reflect.deleteProperty(transport, "start");
      if (this.#mcp !== undefined) learnAll(this.#mcp, tools);
      this.#before(transport, (message) => this.#delivered(message));
      onConnect(transport);
      this.#before(transport, (message) => this.#received(message, tools));
      return start.call(transport);
    };
  }

  #before(transport: Transport, look: (message: Message) => void): void {
    const { onmessage } = transport;
    transport.onmessage = (message: Message, extra?: MessageExtra) => {
      look(message);
      onmessage?.(message, extra);
    };
  }

  /** A message that its record does not exist for yet. */
  #received({ method, params }: Message, tools: ToolCatalogue): void {
    if (this.#mcp !== undefined && method !== undefined) learnRegistered(this.#mcp, method, asFields(params), tools);
  }

  /** A message whose record exists, before the server gets it. */
  #delivered({ method }: Message): void {
    if (method === undefined || !HANDLED.has(method) || this.#watched.has(method)) return;
    const call = currentCall();
    if (call?.method === method) call.handler = "entered";
  }

  /** The SDK's own handler of a method: it calls what is registered. */
  #ofSdk(handler: Handler): Handler {
    return (...args) => {
      const { method, params } = asFields(args[0]) as Partial<Message>;
      const call = currentCall();
      const instrumentation = this.#instrumentation();
      if (call !== undefined && call.method === method && instrumentation !== undefined && this.#mcp !== undefined) {
        call.handler = "not entered";
        if (HANDLED.has(method)) {
          wrapRegistered(this.#mcp, method, asFields(params), this.#ofRegistration);
        }
      }
      return handler(...args);
    };
  }

  /** The handler of a registration. The SDK has validated its arguments. */
  readonly #ofRegistration = (handler: Handler): Handler => watched(handler, this.#instrumentation, (args) => args);

  /** A handler of the server's author. */
  #ofAuthor(handler: Handler): Handler {
    const entered = watched(handler, this.#instrumentation, () => []);
    return (...args) => {
      const { method } = asFields(args[0]) as Partial<Message>;
      const call = currentCall();
      const listed = this.#instrumentation()?.listed;
      if (listed === undefined || call === undefined || call.method !== method) return handler(...args);
      if (LISTS.has(method)) return listing(method, handler(...args), listed);
      const isUnlisted = call.toolName === OTHER && listed.toolsKnown();
      return HANDLED.has(method) && !isUnlisted ? entered(...args) : handler(...args);
    };
  }
}

async function listing(method: string, answer: unknown, listed: ListedNames): Promise<unknown> {
  const result = await answer;
  listed.learnFrom(method, result);
  return result;
}

/** 1.x takes a schema whose `method` is a literal, SDK 2 the method itself. */
function methodOf(first: unknown): string {
  const literal = typeof first === "string" ? first : asFields(asFields(asFields(first).shape).method).value;
  return typeof literal === "string" ? literal : "";
}
