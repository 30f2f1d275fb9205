/**
 * `make scale-test STORES=1`: runs Loki and Tempo on an object store with the settings of deploy/kubernetes/stack, kills them,
 * deletes their disks, and reads everything back.
 */
import assert from "node:assert/strict";
import { stackVariables } from "../../deploy/stack/settings/environment.ts";
import { eventually } from "../lib/poll.ts";
import { type Finding, notVerified, report } from "../lib/report.ts";
import { deleteStores, findStore, Loki, objectStore, Tempo } from "./grown-stores.ts";
import { say, step } from "./step.ts";

const LINES = 200;
const TRACES = 50;
const EVENTUALLY_MS = 180_000;

const variables = stackVariables();

const linesOf = (replica: Loki, round: number): readonly string[] =>
  Array.from({ length: LINES }, (_, number) => `round ${round}, ${replica.host}, line ${number}`);

/** Waits until each of some replicas finds every line, once. */
async function everyLine(replicas: readonly Loki[], pushed: readonly string[]): Promise<string> {
  for (const replica of replicas) {
    await eventually(EVENTUALLY_MS, async () => {
      assert.deepEqual((await replica.lines()).toSorted(), pushed.toSorted());
      return true;
    });
  }
  return `${pushed.length} lines, from each of ${replicas.length} replicas`;
}

async function lokiSteps(replicas: readonly [Loki, ...Loki[]]): Promise<readonly Finding[]> {
  const [victim, ...others] = replicas;
  const pushed: string[] = [];
  const push = async (to: readonly Loki[], round: number) => {
    for (const replica of to) {
      const lines = linesOf(replica, round);
      await replica.push(lines);
      pushed.push(...lines);
    }
  };
  return [
    await step("loki: every replica finds what any replica took", async () => {
      await Promise.all(replicas.map(({ process }) => process.start()));
      for (const replica of replicas) {
        await eventually(EVENTUALLY_MS, async () => (await replica.ring()) === replicas.length || undefined);
      }
      await push(replicas, 1);
      return everyLine(replicas, pushed);
    }),
    await step("loki: each group of rules is evaluated by one replica", () => oneEvaluates(replicas)),
    await step("loki: one is killed: the others take lines, and find all", async () => {
      await victim.process.kill();
      await push(others, 2);
      return everyLine(others, pushed);
    }),
    await step("loki: its disk is deleted, and it starts again", async () => {
      victim.process.wipe();
      await victim.process.start();
      return everyLine(replicas, pushed);
    }),
    await step("loki: all leave, all disks are deleted: the object store has every line", async () => {
      for (const replica of replicas) await replica.leave();
      for (const { process } of replicas) process.wipe();
      await Promise.all(replicas.map(({ process }) => process.start()));
      return everyLine(replicas, pushed);
    }),
  ];
}

/** Every replica evaluates at the same pace: where one has done it three times, another would have done it, too. */
async function oneEvaluates(replicas: readonly Loki[]): Promise<string> {
  return eventually(EVENTUALLY_MS, async () => {
    const counts = await Promise.all(replicas.map((replica) => replica.evaluations()));
    const groups = [...new Set(counts.flatMap((count) => [...count.keys()]))];
    const by = groups.map((group) => counts.map((count) => count.get(group) ?? 0));
    if (groups.length === 0 || by.some((each) => Math.max(...each) < 3)) return undefined;
    for (const each of by) assert.equal(each.filter((count) => count > 0).length, 1, `evaluations: ${each}`);
    return groups.map((group, index) => `${group}: ${by[index]} evaluations`).join("; ");
  });
}

async function everyTrace(tempo: Tempo, traces: readonly string[]): Promise<string> {
  for (const trace of traces) await eventually(EVENTUALLY_MS, async () => (await tempo.has(trace)) || undefined);
  return `${traces.length} traces, by id`;
}

async function tempoSteps(tempo: Tempo): Promise<readonly Finding[]> {
  const traces: string[] = [];
  return [
    await step("tempo: it is killed, and starts again: every trace is found", async () => {
      await tempo.process.start();
      for (let count = 0; count < TRACES; count += 1) traces.push(await tempo.push());
      await eventually(EVENTUALLY_MS, async () => (await tempo.isOnDisk(TRACES)) || undefined);
      await tempo.process.kill();
      await tempo.process.start();
      return everyTrace(tempo, traces);
    }),
    await step("tempo: its disk is deleted: the object store has every trace", async () => {
      await eventually(EVENTUALLY_MS, async () => (await tempo.isStored()) || undefined);
      await tempo.process.kill();
      tempo.process.wipe();
      await tempo.process.start();
      return everyTrace(tempo, traces);
    }),
  ];
}

/** @returns a row for what is not installed, else what the steps found */
async function withStore(name: "loki" | "tempo", steps: (program: string) => Promise<readonly Finding[]>) {
  const program = findStore(name, variables);
  if (program.path !== undefined) return steps(program.path);
  say(`${name}: not verified: ${program.howToGet}`);
  return [notVerified(name, "", program.howToGet)];
}

async function storeTest(): Promise<readonly Finding[]> {
  const weed = findStore("weed", variables);
  if (weed.path === undefined) {
    say(`not verified: ${weed.howToGet}`);
    return [notVerified("the object store", "", weed.howToGet)];
  }
  const store = objectStore(weed.path);
  await store.start();
  const findings = [
    ...(await withStore("loki", (program) => lokiSteps(Loki.replicas(program, variables)))),
    ...(await withStore("tempo", (program) => tempoSteps(new Tempo(program, variables)))),
  ];
  await store.kill();
  return findings;
}

const findings = await storeTest();
say(report(findings));
const failed = findings.some(({ verdict }) => verdict === "FAILED");
if (failed) say("logs: .run/stores/*.log");
else deleteStores();
process.exit(failed ? 1 : 0);
