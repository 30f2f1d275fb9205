/** The real probe with targets that attack it: it goes on to probe the others. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { scaled, until } from "../../../test/support/wait.ts";
import { endless, fakeServer, status } from "./test/fake-server.ts";
import { runProbe } from "./test/running-probe.ts";

const INTERVAL_MS = scaled(2000);
/** Throws an error again and again, outside of every probe, once the process handles such errors. */
const STRAY_ERROR =
  "data:text/javascript,setInterval(()=>{if(process.listenerCount('uncaughtException'))throw(Error('stray'))},200)";

test("endless answers, an invalid status and an uncaught error do not end the probe", async (t) => {
  const healthy = await fakeServer();
  const hostile = {
    json: await fakeServer({ initialize: endless("application/json", " ") }),
    events: await fakeServer({ "tools/call": endless("text/event-stream", ": comment\n\n") }),
    status: await fakeServer({ initialize: status(999) }),
  };
  const probe = await runProbe(
    Object.entries({ healthy, ...hostile }).map(([name, { url }]) => ({
      name,
      url: url.href,
      interval: `${INTERVAL_MS}ms`,
      timeout: `${INTERVAL_MS / 5}ms`,
      canary: { tool: "add", arguments: { a: 1, b: 2 }, expect: { structured: { sum: 3 } } },
    })),
    { NODE_OPTIONS: `--import=${STRAY_ERROR}` },
  );
  t.after(() => probe.stop());
  for (const target of Object.keys(hostile)) await probe.line((line) => line.target === target && line.step !== "");
  await probe.line(({ msg, err }) => msg === "uncaught error" && (err as { type: string }).type === "Error");
  const probes = () => healthy.requests.filter((request) => request === "POST tools/call").length;
  const before = probes();
  await until(() => probes() > before + 1, "two more probes of the healthy target");
  const failed = probe.lines().flatMap(({ target, msg }) => (msg === "probe failed" ? [target] : []));
  assert.ok(!failed.includes("healthy"));
});
