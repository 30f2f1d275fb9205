import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { readJson } from "./body.ts";

const BODY = { pad: "x".repeat(4_000_000) };

test("a compressed body is read in few turns of the event loop: a busy loop has slow turns", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const compressed = gzipSync(JSON.stringify(BODY));
  const headers = { "content-encoding": "gzip", "content-length": compressed.length };
  const { port } = server.address() as AddressInfo;
  const client = request({ port, host: "127.0.0.1", method: "POST", headers });
  client.on("error", () => {}).end(compressed);
  t.after(() => client.destroy());
  const [received] = await once(server, "request");

  let turns = 0;
  const turn = () => {
    turns += 1;
    counting = setTimeout(turn, 0);
    const busyUntil = performance.now() + 20;
    while (performance.now() < busyUntil);
  };
  let counting = setTimeout(turn, 0);
  assert.deepEqual(await readJson(received, 5_000_000, () => {}), BODY);
  clearTimeout(counting);
  assert.ok(turns < 60, `${turns} turns`);
});
