/**
 * What a McpServer of either SDK has registered; see docs/vendor-seams.md. Each registration, whichever method made it
 * and whatever `update()` has changed, is an object whose handler the SDK reads at the call.
 */
import { asFields, type Fields } from "../request/call.ts";
import type { Handler } from "./handler.ts";
import { replace } from "./replace.ts";
import type { ToolCatalogue, UriTemplate } from "./tool-catalogue.ts";

type Registrations = Record<string, Record<string, unknown>>;

interface RegisteredPrompt {
  update(updates: { readonly callback?: Handler }): void;
}

/** The members of a McpServer that are used, most of which are not public. */
export interface McpInternals {
  readonly server: object;
  registerPrompt?(...args: unknown[]): RegisteredPrompt;
  readonly _registeredTools: Registrations;
  readonly _registeredPrompts: Registrations;
  readonly _registeredResources: Registrations;
  readonly _registeredResourceTemplates: Registrations;
}

/** Where the SDK keeps the handler: 1.x up to 1.23, 1.x after that, SDK 2. */
const TOOL_HANDLERS = ["callback", "handler", "executor"] as const;

type Wrap = (handler: Handler) => Handler;

const wrapped = new WeakSet<object>();

/** Wraps the handler that the SDK is about to call, unless that is done. */
export function wrapRegistered(mcp: McpInternals, method: string, params: Fields, wrap: Wrap): void {
  if (method === "tools/call") wrapHandlers(named(mcp._registeredTools, params.name), TOOL_HANDLERS, wrap);
  else if (method === "prompts/get") wrapHandlers(named(mcp._registeredPrompts, params.name), ["callback"], wrap);
  else {
    wrapHandlers(named(mcp._registeredResources, normalised(params.uri)), ["readCallback"], wrap);
    for (const template of Object.values(mcp._registeredResourceTemplates)) {
      wrapHandlers(template, ["readCallback"], wrap);
    }
  }
}

/** In SDK 2, the handler of a prompt validates its arguments itself, and calls a function that is nowhere to be seen. */
export function watchPrompts(mcp: McpInternals, wrap: Wrap): void {
  const registerPrompt = mcp.registerPrompt?.bind(mcp);
  if (registerPrompt === undefined) return;
  replace(mcp, "registerPrompt", (...args) => {
    const handler = args.at(-1);
    if (typeof handler !== "function") return registerPrompt(...args);
    const registered = registerPrompt(...args.slice(0, -1), wrappedOnce(handler as Handler, wrap));
    const update = registered.update.bind(registered);
    registered.update = (updates) => {
      const { callback } = updates;
      return update(callback === undefined ? updates : { ...updates, callback: wrappedOnce(callback, wrap) });
    };
    return registered;
  });
}

/** Adds the name that a request has, if it is registered by now. */
export function learnRegistered(mcp: McpInternals, method: string, { name }: Fields, names: ToolCatalogue): void {
  if (method === "tools/call") learnTool(named(mcp._registeredTools, name), name, names);
  else if (method === "prompts/get" && named(mcp._registeredPrompts, name) !== undefined) names.addPrompt(String(name));
  else if (method.startsWith("resources/")) learnResources(mcp, names);
}

/** Adds the names of all that is registered. */
export function learnAll(mcp: McpInternals, names: ToolCatalogue): void {
  for (const [name, tool] of Object.entries(mcp._registeredTools)) learnTool(tool, name, names);
  for (const name of Object.keys(mcp._registeredPrompts)) names.addPrompt(name);
  learnResources(mcp, names);
}

function learnTool(tool: Fields | undefined, name: unknown, names: ToolCatalogue): void {
  if (tool === undefined) return;
  names.add(String(name));
  names.setReadOnly(String(name), asFields(tool.annotations).readOnlyHint === true);
}

function learnResources(mcp: McpInternals, names: ToolCatalogue): void {
  for (const uri of Object.keys(mcp._registeredResources)) names.addResource(uri);
  for (const { resourceTemplate } of Object.values(mcp._registeredResourceTemplates)) {
    names.addResource(asFields(resourceTemplate).uriTemplate as UriTemplate);
  }
}

const named = (registrations: Registrations, name: unknown): Record<string, unknown> | undefined =>
  typeof name === "string" && Object.hasOwn(registrations, name) ? registrations[name] : undefined;

/** As the SDK looks it up. */
const normalised = (uri: unknown): unknown => (typeof uri === "string" ? URL.parse(uri)?.toString() : undefined);

function wrapHandlers(registration: Record<string, unknown> | undefined, members: readonly string[], wrap: Wrap): void {
  if (registration === undefined) return;
  // In SDK 2, `executor` calls the `handler` of its time.
  const member = members.findLast((one) => registration[one] !== undefined);
  if (member === undefined) return;
  const handler = registration[member];
  if (typeof handler === "function") registration[member] = wrappedOnce(handler as Handler, wrap);
  else if (typeof handler === "object" && handler !== null) registration[member] = wrappedTask(handler, wrap);
}

function wrappedOnce(handler: Handler, wrap: Wrap): Handler {
  if (wrapped.has(handler)) return handler;
  const made = wrap(handler);
  wrapped.add(made);
  return made;
}

/** The handler of a tool that runs as a task is an object. Its `createTask` is what a call enters. */
function wrappedTask(handler: object, wrap: Wrap): object {
  if (wrapped.has(handler)) return handler;
  const createTask = wrap(Reflect.get(handler, "createTask").bind(handler));
  const made = new Proxy(handler, {
    get(target, member) {
      if (member === "createTask") return createTask;
      const value = Reflect.get(target, member);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  wrapped.add(made);
  return made;
}
