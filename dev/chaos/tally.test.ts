/** What hostile callers know of their exchanges agrees with a real server's metrics, whatever they do. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { randomness } from "../../test/support/random.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { tokensFile } from "../../test/support/tokens-file.ts";
import { samplesIn, sumOf } from "../lib/open-metrics.ts";
import { Attacker } from "./attacker.ts";
import { HOSTILE_CALLERS } from "./hostile-callers.ts";
import { newTally } from "./tally.ts";

let server: RunningServer;
before(async () => {
  server = await runServer({ MCP_AUTH_TOKENS_FILE: tokensFile({ hostile: "hostile" }) });
});
after(() => server?.stop());

async function counted() {
  const samples = samplesIn(await server.metrics());
  return {
    operations: sumOf(samples, "mcp_server_operation_duration_seconds_count"),
    refusals: sumOf(samples, "mcp_http_rejections_total"),
  };
}

/** Each waits for all of its answers, so that the numbers are exact. */
for (const caller of ["pipelined", "batches", "wrong-tokens", "wrong-methods", "foreign-sessions", "unknown-names"]) {
  test(`${caller}: what was answered is what was counted`, async () => {
    const start = await counted();
    const tally = newTally();
    const target = { url: server.url, token: "hostile", otherToken: "hostile" };
    const attacker = new Attacker(caller, target, tally, AbortSignal.timeout(1000));
    await HOSTILE_CALLERS[caller]?.(attacker, randomness(1));
    attacker.leave();
    const end = await counted();
    const refused = Object.values(tally.refusals).reduce((sum, count) => sum + count, 0);
    assert.deepEqual(
      { operations: tally.operations, refusals: refused },
      { operations: end.operations - start.operations, refusals: end.refusals - start.refusals },
    );
    assert.ok(tally.operations + refused > 10, "the caller was at work");
    assert.deepEqual([tally.unanswered, tally.possible.refusals], [{}, 0]);
  });
}
