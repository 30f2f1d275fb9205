/** Hostile callers: what they do with HTTP and its connections. */
import { CANARY } from "./canary.ts";
import type { HostileCaller } from "./hostile-caller.ts";

export const HOSTILE_HTTP: Readonly<Record<string, HostileCaller>> = {
  async "half-heads"(attacker, random) {
    await attacker.repeat(50, 50, async () => {
      const socket = await attacker.socket();
      const head = attacker.head([`X-Slow: ${CANARY}`]);
      socket.write(head.slice(0, random.between(1, head.length - 4)));
      while (!attacker.signal.aborted && !socket.destroyed) {
        await attacker.pause(random.between(200, 500));
        socket.write("x");
      }
      if (random.one([true, false])) socket.resetAndDestroy();
      else socket.destroy();
      attacker.maybe(1, 0);
    });
  },

  async pipelined(attacker) {
    const session = await attacker.open();
    if (session === undefined) return;
    await attacker.repeat(10, 5, () =>
      attacker.pipelined(
        session,
        Array.from({ length: 100 }, () => attacker.rpc("ping", { [CANARY]: CANARY })),
      ),
    );
  },

  async "absolute-targets"(attacker, random) {
    const session = await attacker.open();
    const { host } = attacker.target.url;
    const paths = [
      `http://${host}/mcp`,
      `http://${CANARY}.example/mcp?${CANARY}`,
      `http://user:${CANARY}@${host}/mcp`,
      "*",
    ];
    await attacker.repeat(100, 4, () =>
      attacker.send({ session, path: random.one(paths), body: attacker.rpc("ping") }),
    );
  },

  async "odd-hosts"(attacker, random) {
    const hosts = [
      `${CANARY}.example`,
      "127.0.0.1.evil.example",
      "",
      "localhost.",
      "[::ffff:127.0.0.1]",
      "a, localhost",
    ];
    await attacker.repeat(100, 4, () =>
      attacker.send({ headers: { host: random.one(hosts) }, body: attacker.rpc("ping", { [CANARY]: 1 }) }),
    );
    await attacker.repeat(10, 2, async () => {
      const socket = await attacker.socket();
      socket.end(attacker.head().replace(/^Host: .*\r\n/m, ""));
      socket.resume();
      attacker.maybe(1, 0);
    });
  },

  async "odd-headers"(attacker, random) {
    const session = await attacker.open();
    const odd: Record<string, string>[] = [
      { accept: CANARY },
      { "content-type": CANARY },
      { "mcp-protocol-version": CANARY },
      { "content-encoding": CANARY },
      { "content-type": `application/json; charset=${CANARY}` },
      { origin: `https://${CANARY}.example` },
      { origin: CANARY },
      { "x-canary": CANARY.repeat(400), baggage: `a=${CANARY}`, tracestate: CANARY, traceparent: CANARY },
      { "last-event-id": CANARY, cookie: CANARY, "user-agent": CANARY },
    ];
    await attacker.repeat(200, 4, () =>
      attacker.send({ session, headers: random.one(odd), body: attacker.rpc("ping") }),
    );
    await attacker.repeat(10, 2, () =>
      attacker.send({
        session,
        headers: { "x-canary": CANARY.repeat(2000) },
        body: attacker.rpc("ping"),
        leaveAfterMs: 1000,
      }),
    );
  },

  async "wrong-methods"(attacker, random) {
    const methods = ["PUT", "PATCH", "OPTIONS", "HEAD", "TRACE", "PROPFIND", "M-SEARCH"];
    await attacker.repeat(200, 4, () =>
      attacker.send({ method: random.one(methods), headers: { "x-canary": CANARY } }),
    );
  },

  async "unknown-paths"(attacker, random) {
    const paths = [`/${CANARY}`, "/", "/%E0%A4%A", "//mcp", "/.env", "/metrics", `/${CANARY}?${CANARY}`];
    const methods = ["GET", "POST", "DELETE"];
    await attacker.repeat(200, 4, () => attacker.send({ method: random.one(methods), path: random.one(paths) }));
  },

  async "deaf-clients"(attacker) {
    const session = await attacker.open();
    await attacker.repeat(5, 5, async () => {
      const socket = await attacker.socket();
      socket.pause();
      for (let request = 0; request < 100; request += 1) {
        const body = attacker.rpc("tools/list", { _meta: { [CANARY]: CANARY } });
        socket.write(attacker.head([`Content-Length: ${body.length}`], session) + body);
      }
      await attacker.pause();
      socket.destroy();
      attacker.maybe(100);
    });
  },
};
