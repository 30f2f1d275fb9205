/** Observes messages that pass between clients and servers of other projects: the door to `command/` for a proxy. */
export { cutIntoLines, type Lines } from "./command/lines.ts";
export { type Identity, messageObservers, type Observer, type Pass } from "./command/observer.ts";
export { type Cut, relay } from "./command/relay.ts";
export type { Message, MessageExtra, RequestId } from "./observe/mcp.ts";
