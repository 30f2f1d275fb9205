/** A fault undoes what it did, and nothing else: Docker refuses to thaw a container that is not frozen. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { stalls } from "./faults.ts";

test("a server that stalls is thawed as often as it was frozen, whenever the alert fires", async () => {
  for (const firesAfter of [100, 800]) {
    let frozen = false;
    const change = (to: boolean) => async () => {
      assert.notEqual(frozen, to, to ? "frozen twice" : "thawed twice");
      frozen = to;
    };
    const services = {
      shipper: "promtail",
      instances: () => [],
      stop: () => assert.fail("not stopped"),
      freeze: change(true),
      thaw: change(false),
    };
    const fires = new AbortController();
    const stalling = stalls("mcp-server")({ url: new URL("http://127.0.0.1"), services }, fires.signal);
    await sleep(firesAfter);
    fires.abort();
    await stalling;
    assert.equal(frozen, false);
  }
});
