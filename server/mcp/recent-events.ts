/**
 * What was sent lately, kept so that a client whose stream broke can read on. Each session has an event store of its own,
 * as the SDK's transport takes it. All stores share a number of bytes; the oldest events make room for new ones.
 */
import type { EventStore } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { jsonSize } from "mcp-telemetry";

/** What an event uses beside its message. */
const EVENT_BYTES = 256;

interface StoredEvent {
  readonly id: string;
  readonly streamId: string;
  readonly message: JSONRPCMessage;
  readonly bytes: number;
  /** All events of its session, in order. */
  readonly session: Map<string, StoredEvent>;
}

/** @param maxBytes of the kept messages as JSON @returns a function that makes the store of a session */
export function recentEvents(maxBytes: number): () => Required<EventStore> {
  const all = new Set<StoredEvent>();
  let bytes = 0;
  const keep = (event: StoredEvent) => {
    all.add(event);
    event.session.set(event.id, event);
    bytes += event.bytes;
    for (const oldest of all) {
      if (bytes <= maxBytes) return;
      all.delete(oldest);
      oldest.session.delete(oldest.id);
      bytes -= oldest.bytes;
    }
  };
  return () => storeOf(keep);
}

function storeOf(keep: (event: StoredEvent) => void): Required<EventStore> {
  const session = new Map<string, StoredEvent>();
  let count = 0;
  return {
    async storeEvent(streamId, message) {
      count += 1;
      const id = String(count);
      keep({ id, streamId, message, bytes: EVENT_BYTES + jsonSize(message), session });
      return id;
    },
    async getStreamIdForEventId(id) {
      return session.get(id)?.streamId;
    },
    async replayEventsAfter(lastId, { send }) {
      const last = session.get(lastId);
      if (last === undefined) throw new Error("there is no event with this id");
      let reached = false;
      for (const event of session.values()) {
        if (reached && event.streamId === last.streamId && !isEmpty(event)) await send(event.id, event.message);
        reached ||= event === last;
      }
      return last.streamId;
    },
  };
}

/** The SDK begins a stream with an empty event, which only has an id. */
const isEmpty = ({ message }: StoredEvent): boolean => Object.keys(message).length === 0;
