/** Hostile callers: what their messages are: many, odd, given up. */
import { setTimeout as sleep } from "node:timers/promises";
import { CANARY } from "./canary.ts";
import type { HostileCaller } from "./hostile-caller.ts";

export const HOSTILE_MESSAGES: Readonly<Record<string, HostileCaller>> = {
  async notifications(attacker) {
    const session = await attacker.open();
    const one = { jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: CANARY, progress: 1 } };
    const body = JSON.stringify(new Array(100).fill(one));
    await attacker.repeat(200, 4, () => attacker.send({ session, body, messages: 100 }));
    await attacker.repeat(300, 8, () => attacker.send({ session, body: JSON.stringify(one) }));
  },

  async "duplicate-ids"(attacker, random) {
    const session = await attacker.open();
    await attacker.repeat(10, 5, async () => {
      const id = attacker.nextId();
      const slow = attacker.call("fault", { mode: "slow", ms: random.between(50, 300) }, id);
      const bodies = [slow, slow, attacker.rpc("ping", {}, id)];
      await Promise.all(bodies.map((body) => attacker.send({ session, body })));
    });
  },

  async "unknown-names"(attacker, random) {
    const session = await attacker.open();
    const name = () => `${CANARY}-${random.below(1e6)}`;
    const bodies = [
      () => attacker.call(name(), { [name()]: name() }),
      () => attacker.call("add", { a: name(), [name()]: name() }),
      () => attacker.rpc(name(), { [name()]: name() }),
      () => attacker.rpc("prompts/get", { name: name(), arguments: { [name()]: name() } }),
      () => attacker.rpc("logging/setLevel", { level: name() }),
      () => JSON.stringify({ jsonrpc: "2.0", method: `notifications/${name()}`, params: { [name()]: name() } }),
    ];
    await attacker.repeat(600, 6, () => attacker.send({ session, body: random.one(bodies)() }));
  },

  async "lookup-flood"(attacker) {
    const session = await attacker.open();
    await attacker.repeat(1000, 150, (index) =>
      attacker.send({ session, body: attacker.call("ask_upstream", { sku: `${CANARY}-${index}` }) }),
    );
  },

  async "hanging-calls"(attacker) {
    const session = await attacker.open();
    const args = { mode: "hang", [CANARY]: CANARY };
    await attacker.repeat(100, 100, () => attacker.send({ session, body: attacker.call("fault", args) }));
  },

  async aborts(attacker, random) {
    const session = await attacker.open();
    await attacker.repeat(100, 10, () => {
      const body = attacker.call("fault", { mode: "slow", ms: 1500, [CANARY]: CANARY });
      return attacker.send({ session, body, leaveAfterMs: random.between(1, 300) });
    });
  },

  async cancellations(attacker, random) {
    const session = await attacker.open();
    await attacker.repeat(20, 10, async () => {
      const requestId = attacker.nextId();
      const call = attacker.send({ session, body: attacker.call("fault", { mode: "slow", ms: 2000 }, requestId) });
      await sleep(random.between(1, 300));
      const params = { requestId, reason: CANARY };
      const body = JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params });
      await Promise.all([call, attacker.send({ session, body })]);
    });
  },

  async batches(attacker, random) {
    const session = await attacker.open();
    const ping = () => JSON.parse(attacker.rpc("ping", { [CANARY]: CANARY }));
    const sizes = [0, 1, 50, 100, 101, 1000];
    await attacker.repeat(60, 4, () => {
      const batch = Array.from({ length: random.one(sizes) }, ping);
      return attacker.send({ session, body: JSON.stringify(batch), messages: batch.length });
    });
    const twice = attacker.rpc("initialize", { [CANARY]: CANARY });
    await attacker.repeat(10, 2, () => attacker.send({ body: `[${twice},${twice}]`, messages: 2 }));
  },
};
