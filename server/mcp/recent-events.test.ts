import assert from "node:assert/strict";
import { test } from "node:test";
import type { EventStore } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { recentEvents } from "./recent-events.ts";

const message = (method: string) => ({ jsonrpc: "2.0" as const, method });

async function replayed(events: EventStore, lastEventId: string): Promise<string[]> {
  const methods: string[] = [];
  await events.replayEventsAfter(lastEventId, {
    async send(_id, sent) {
      methods.push("method" in sent ? sent.method : "");
    },
  });
  return methods;
}

test("what came after an event of the same stream is replayed, without the empty events", async () => {
  const events = recentEvents(10_000)();
  const first = await events.storeEvent("one", {} as never);
  await events.storeEvent("one", message("a"));
  await events.storeEvent("other", message("b"));
  await events.storeEvent("one", {} as never);
  const last = await events.storeEvent("one", message("c"));
  assert.deepEqual(await replayed(events, first), ["a", "c"]);
  assert.deepEqual(await replayed(events, last), []);
  assert.equal(await events.getStreamIdForEventId(last), "one");
});

test("the event of another session is unknown", async () => {
  const open = recentEvents(10_000);
  const one = open();
  const other = open();
  await one.storeEvent("s", message("a"));
  const id = await one.storeEvent("s", message("b"));
  assert.equal(await other.getStreamIdForEventId(id), undefined);
  await assert.rejects(replayed(other, id));
});

test("the oldest events of all sessions make room for new ones", async () => {
  const open = recentEvents(1000);
  const old = open();
  const id = await old.storeEvent("s", message("a"));
  const busy = open();
  const ids: string[] = [];
  for (let count = 0; count < 10; count += 1) ids.push(await busy.storeEvent("s", message("b")));
  const kept = await Promise.all(ids.map((one) => busy.getStreamIdForEventId(one)));
  assert.equal(await old.getStreamIdForEventId(id), undefined);
  assert.equal(kept.filter((stream) => stream !== undefined).length, 3);
});
