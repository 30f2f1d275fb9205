import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";

test("make dev names the variable of the stack for a port that is taken, and starts nothing", async (t) => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  t.after(() => holder.close());
  const METRICS_PORT = String((holder.address() as AddressInfo).port);
  const { status, stdout, stderr } = spawnSync(process.execPath, ["dev/watch/main.ts"], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, METRICS_PORT },
  });
  assert.deepEqual([status, stdout], [1, ""]);
  assert.match(
    stderr,
    new RegExp(
      `^port ${METRICS_PORT} \\(mcp-server\\) is taken: set METRICS_PORT in \\.env\\.local to a free one$`,
      "m",
    ),
  );
});
