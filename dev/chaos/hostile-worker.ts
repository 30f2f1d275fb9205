/** The thread of the hostile callers: starts an attack when it is told to, and says at the end what was answered. */
import { parentPort, workerData } from "node:worker_threads";
import { randomness } from "../../test/support/random.ts";
import { Attacker, type Target } from "./attacker.ts";
import { HOSTILE_CALLERS } from "./hostile-callers.ts";
import { ATTACK_MS, type Attack } from "./schedule.ts";
import { newTally } from "./tally.ts";

const given = workerData as Omit<Target, "url"> & { readonly url: string };
const target: Target = { ...given, url: new URL(given.url) };
const tally = newTally();
const running = new Set<Promise<void>>();

async function run({ caller, seed }: Attack): Promise<void> {
  const attacker = new Attacker(caller, target, tally, AbortSignal.timeout(ATTACK_MS));
  await HOSTILE_CALLERS[caller]?.(attacker, randomness(seed));
  attacker.leave();
}

parentPort?.on("message", async (attack: Attack | "end") => {
  if (attack === "end") {
    await Promise.all(running);
    parentPort?.postMessage(tally);
    return;
  }
  const one = run(attack).finally(() => running.delete(one));
  running.add(one);
});
