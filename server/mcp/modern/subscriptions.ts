/**
 * `subscriptions/listen`: a request that stays open and gets the changes that it asked for. Its answer comes when the
 * server ends it. The handler that the SDK would have for this is part of its HTTP handler, which is not used here.
 */
import {
  type JSONRPCNotification,
  type McpServer,
  type RequestId,
  type ServerContext,
  SUBSCRIPTION_ID_META_KEY,
} from "@modelcontextprotocol/server";
import type { Telemetry } from "mcp-telemetry";
import { z } from "zod";

const filter = z.object({
  toolsListChanged: z.boolean().optional(),
  promptsListChanged: z.boolean().optional(),
  resourcesListChanged: z.boolean().optional(),
  resourceSubscriptions: z.array(z.string()).optional(),
});
type Filter = z.infer<typeof filter>;

interface Subscription {
  readonly wants: Filter;
  readonly notify: (notification: JSONRPCNotification) => void;
  readonly end: () => void;
}

export interface Subscriptions {
  /** Sends a change to those that asked for it. */
  publish(notification: JSONRPCNotification): void;
  /** Answers every open request. */
  endAll(): void;
}

/** @param callerIdOf the id by which the caller knows a request */
export function serveSubscriptions(
  { server }: McpServer,
  callerIdOf: (id: RequestId) => RequestId | undefined,
  telemetry: Telemetry,
): Subscriptions {
  const open = new Set<Subscription>();

  const listen = async ({ notifications }: { notifications: Filter }, { mcpReq }: ServerContext) => {
    const wants = offered(notifications, server.getCapabilities());
    const _meta = { [SUBSCRIPTION_ID_META_KEY]: callerIdOf(mcpReq.id) };
    const notify = ({ method, params }: Pick<JSONRPCNotification, "method" | "params">) =>
      mcpReq.notify({ method, params: { ...params, _meta: { ...params?._meta, ..._meta } } });
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const subscription: Subscription = { wants, notify: (change) => void notify(change).catch(end), end };
    open.add(subscription);
    const closed = telemetry.streamOpened();
    mcpReq.signal.addEventListener("abort", () => end(), { once: true });
    try {
      await notify({ method: "notifications/subscriptions/acknowledged", params: { notifications: wants } });
      if (Object.keys(wants).length > 0) await ended;
      return { _meta };
    } finally {
      open.delete(subscription);
      closed();
    }
  };
  server.setRequestHandler("subscriptions/listen", { params: z.object({ notifications: filter }) }, listen);

  return {
    publish(change) {
      for (const { wants, notify } of open) if (isWanted(change, wants)) notify(change);
    },
    endAll() {
      for (const { end } of open) end();
    },
  };
}

type Capabilities = ReturnType<McpServer["server"]["getCapabilities"]>;

/** @returns what was asked for and this server can send */
function offered(asked: Filter, { tools, prompts, resources }: Capabilities): Filter {
  const uris = asked.resourceSubscriptions ?? [];
  return {
    ...(asked.toolsListChanged && tools?.listChanged && { toolsListChanged: true }),
    ...(asked.promptsListChanged && prompts?.listChanged && { promptsListChanged: true }),
    ...(asked.resourcesListChanged && resources?.listChanged && { resourcesListChanged: true }),
    ...(uris.length > 0 && resources?.subscribe && { resourceSubscriptions: uris }),
  };
}

function isWanted({ method, params }: JSONRPCNotification, wants: Filter): boolean {
  switch (method) {
    case "notifications/tools/list_changed":
      return wants.toolsListChanged === true;
    case "notifications/prompts/list_changed":
      return wants.promptsListChanged === true;
    case "notifications/resources/list_changed":
      return wants.resourcesListChanged === true;
    case "notifications/resources/updated":
      return wants.resourceSubscriptions?.includes(String(params?.uri)) === true;
    default:
      return false;
  }
}
