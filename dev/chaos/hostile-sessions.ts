/** Hostile callers: what they do with sessions, streams and tokens. */
import { CANARY } from "./canary.ts";
import type { HostileCaller } from "./hostile-caller.ts";

export const HOSTILE_SESSIONS: Readonly<Record<string, HostileCaller>> = {
  async sessions(attacker) {
    await attacker.repeat(2000, 16, () => attacker.open());
  },

  async "wrong-tokens"(attacker, random) {
    const tokens = [`Bearer ${CANARY}`, "Bearer ", CANARY, `Basic ${CANARY}`, `Bearer ${"x".repeat(8000)}`];
    await attacker.repeat(200, 4, () =>
      attacker.send({ headers: { authorization: random.one(tokens) }, body: attacker.rpc("ping") }),
    );
  },

  async "foreign-sessions"(attacker, random) {
    const own = await attacker.open();
    const foreign = { authorization: `Bearer ${attacker.target.otherToken}` };
    const sent = [
      () => ({ session: CANARY, body: attacker.rpc("ping") }),
      () => ({ session: CANARY, method: "GET" }),
      () => ({ session: CANARY, method: "DELETE" }),
      () => ({ body: attacker.rpc("ping") }),
      () => ({ session: own, body: attacker.rpc("initialize") }),
      () => ({ session: own, body: attacker.rpc("ping"), headers: foreign }),
      () => ({ session: own, method: "DELETE", headers: foreign }),
    ];
    await attacker.repeat(200, 4, () => attacker.send(random.one(sent)()));
  },

  async "left-streams"(attacker) {
    await attacker.repeat(20, 10, async () => {
      const session = await attacker.open();
      if (session === undefined) return;
      const stream = { session, method: "GET", headers: { "last-event-id": CANARY }, leaveAfterMs: 4000 };
      const { "last-event-id": _, ...headers } = stream.headers;
      await Promise.all([attacker.send({ ...stream, headers }), attacker.send(stream)]);
    });
  },
};
