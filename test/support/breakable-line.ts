/** A network between a client and a server, which a test can break. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { TestContext } from "node:test";

export interface Line {
  readonly url: URL;
  /** Breaks all connections. While it is down, each new one breaks too. */
  readonly cut: () => void;
  readonly restore: () => void;
}

/** @param to the URL of the server */
export async function breakableLine(t: TestContext, { href }: URL): Promise<Line> {
  const server = new URL(href);
  const sockets = new Set<Socket>();
  let down = false;
  const proxy = createServer((near) => {
    if (down) {
      near.destroy();
      return;
    }
    const far = connect(Number(server.port), server.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("error", () => {}).once("close", () => to.destroy());
      from.pipe(to);
    }
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  t.after(() => proxy.close());
  const url = new URL(server);
  url.port = String((proxy.address() as AddressInfo).port);
  return {
    url,
    cut() {
      down = true;
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    restore() {
      down = false;
    },
  };
}
