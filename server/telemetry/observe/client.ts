/** Observes the transport of an MCP client: what it sends, and what its server asks of it. */
import { type Attributes, context } from "@opentelemetry/api";
import { ATTR, OTHER, REVISIONS } from "../conventions.ts";
import { asFields } from "../request/call.ts";
import { Inbound } from "./inbound.ts";
import { ListedResources } from "./listed-resources.ts";
import { claimOf, type Message, type Notification, type SendOptions, sendOf, type Transport } from "./mcp.ts";
import { Outbound, type Receiver, type Sent } from "./outbound.ts";

/**
 * Observes the transport of a client of either SDK. Call it before `connect`; see docs/vendor-seams.md.
 *
 * @param url of the server over HTTP; undefined over stdio
 * @param finished called once for each request that has ended and each notification that is sent
 */
export function observeClient(transport: Transport, url: URL | undefined, finished: (sent: Sent) => void): void {
  const resources = new ListedResources();
  const resourceUri = (uri: unknown) => resources.name(uri);
  const outbound = new Outbound({ finished, resourceUri });
  const inbound = new Inbound({ resourceUri, isOwnTrace: (traceId) => outbound.isWaitingIn(traceId) });
  const connection = url === undefined ? {} : addressOf(url);
  /** That of the session, or of the newest request without one. */
  let revision: string | undefined;
  const peer = (): Receiver => ({
    transport: url === undefined ? "stdio" : "http",
    sessionId: transport.sessionId,
    protocolVersion: revision,
  });

  const send = sendOf(transport);
  transport.send = async (message: Message, options?: SendOptions) => {
    if (message.method === undefined) {
      await send(message, options);
      return inbound.answered(message);
    }
    const { id } = message;
    if (id !== undefined) {
      if (message.method === "initialize") revision = undefined;
      revision = revisionOf(claimOf(asFields(asFields(message.params)._meta))?.protocolVersion) ?? revision;
      options?.requestSignal?.addEventListener("abort", () => outbound.cancelled(id), { once: true });
    } else if (message.method === "notifications/cancelled") {
      outbound.cancelled(asFields(message.params).requestId);
    }
    const to = { ...peer(), connection };
    return outbound.send(message as Notification, to, context.active(), (sent) => send(sent, options));
  };
  const receive = (message: Message, deliver: () => void) => {
    if (message.method !== undefined) return inbound.receive(message as Notification, peer(), deliver);
    const method = outbound.methodOf(message.id);
    if (method === "resources/list") resources.learn(message.result);
    if (method === "initialize") revision = revisionOf(asFields(message.result).protocolVersion);
    outbound.received(message, method === "initialize" ? revision : undefined);
    deliver();
  };
  let received: Message | undefined;
  around(transport, "onmessage", (deliver, message) => {
    // The callback of SDK 1.x calls the one that was there before it, which is observed too.
    if (message === received) return deliver();
    const outer = received;
    received = message;
    try {
      receive(message, deliver);
    } finally {
      received = outer;
    }
  });
  around(transport, "onclose", (deliver) => {
    outbound.close();
    inbound.close();
    deliver();
  });
}

const PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** @returns `server.address`, for IPv6 without brackets, and `server.port` */
export const addressOf = ({ hostname, port, protocol }: URL): Attributes => ({
  [ATTR.serverAddress]: hostname.replace(/^\[(.*)\]$/, "$1"),
  [ATTR.serverPort]: port === "" ? PORTS[protocol] : Number(port),
});

function revisionOf(name: unknown): string | undefined {
  if (typeof name !== "string") return undefined;
  return REVISIONS.has(name) ? name : OTHER;
}

type Arguments<K extends "onmessage" | "onclose"> = Parameters<NonNullable<Transport[K]>>;

/**
 * Calls `observe` in place of whatever the SDK sets as a callback, which is its first argument. SDK 2 sets other callbacks
 * while it finds out the revision.
 */
function around<K extends "onmessage" | "onclose">(
  transport: Transport,
  name: K,
  observe: (deliver: () => void, ...args: Arguments<K>) => void,
): void {
  type Callback = (...args: Arguments<K>) => void;
  const observed =
    (callback: Callback | undefined): Callback =>
    (...args) =>
      observe(() => callback?.(...args), ...args);
  let current = observed(transport[name] as Callback | undefined);
  Object.defineProperty(transport, name, {
    configurable: true,
    get: () => current,
    set: (callback: Callback | undefined) => {
      current = observed(callback);
    },
  });
}
