/**
 * `make scale-test`: starts the native stack with three replicas of the server behind HAProxy, and shows that sessions find
 * their replica, whatever is restarted or killed, and that the right alert fires. Ends the stack afterwards, and deletes its
 * data if all went well.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { stackVariables } from "../../deploy/stack/settings/environment.ts";
import { runAlertLifecycle, windowScale } from "../drill/alert-lifecycle.ts";
import type { Drill } from "../drill/drill.ts";
import { BackEnds } from "../lib/back-ends.ts";
import { Prometheus } from "../lib/prometheus.ts";
import { type Finding, notVerified, report } from "../lib/report.ts";
import { runningServices } from "../lib/running-services.ts";
import { Caller } from "./callers.ts";
import { OWN, ScaledStack } from "./scaled-stack.ts";
import { say, step } from "./step.ts";
import {
  anyReplicaTakesTheRest,
  aRestartedRouterLosesNoSession,
  aRollingRestartLosesNoCall,
  everyCallIsAnswered,
  onlyItsCallersNotice,
  twoRoutersShareTheSessions,
} from "./steps.ts";

const CALLERS = 24;
const ALERT = "MCPReplicasMissing";
const variables = { ...stackVariables(), STACK_FORM: "native", STACK_FAST: "1", REPLICAS: "3" };

/** Kills a replica until the alert has arrived, starts it again, and waits until the alert has ended. */
async function killUntilAlerted(stack: ScaledStack, callers: readonly Caller[]): Promise<readonly Finding[]> {
  const signal = "one replica is killed: only its sessions end";
  const backEnds = await BackEnds.find(variables);
  if (!backEnds.has("prometheus") || !backEnds.has("alertmanager")) {
    const found = await step(signal, () => onlyItsCallersNotice(stack, callers, async () => {}));
    return [found, notVerified(ALERT, "", "Prometheus or Alertmanager does not run here")];
  }
  const seen: Finding[] = [];
  const drill: Drill = {
    alert: ALERT,
    fires: 1200,
    ends: 600,
    stage: 0,
    fault: async (_, ended) => {
      const killed = () => new Promise<void>((resolve) => ended.addEventListener("abort", () => resolve()));
      seen.push(await step(signal, () => onlyItsCallersNotice(stack, callers, killed)));
    },
  };
  const target = { url: stack.url, services: runningServices(variables) };
  const { findings } = await runAlertLifecycle({ backEnds, target, windows: await windowScale(backEnds) }, drill);
  for (const { signal: name, verdict, detail } of findings) say(`${name}: ${verdict} ${detail}`);
  return [...seen, ...findings];
}

/** @param since of `performance.now()`: while the stack starts, the server is down */
async function noPage(since: number): Promise<Finding> {
  const signal = "no page was sent";
  const backEnds = await BackEnds.find(variables);
  if (!backEnds.has("prometheus")) return notVerified(signal, "", "Prometheus does not run here");
  const seconds = Math.floor((performance.now() - since) / 1000);
  const query = `count(max_over_time(ALERTS{alertstate="firing", severity="page"}[${seconds}s]))`;
  return step(signal, async () => {
    assert.equal(await new Prometheus(backEnds).value(query), undefined, query);
    return `in ${seconds} s`;
  });
}

async function scaleTest(stack: ScaledStack): Promise<readonly Finding[]> {
  const callers = Array.from({ length: CALLERS }, () => new Caller(stack.url));
  const before = [
    await step("every call in a session is answered", () => everyCallIsAnswered(stack, callers)),
    // Calls of a protocol revision without sessions belong here too.
    await step("a request without a session goes to any replica", () => anyReplicaTakesTheRest(stack)),
    await step("the router is restarted: no session is lost", () => aRestartedRouterLosesNoSession(stack, callers)),
    await step("two routers at once", () => twoRoutersShareTheSessions(stack, callers)),
  ];
  const since = performance.now();
  const findings = [
    ...before,
    ...(await killUntilAlerted(stack, callers)),
    await step("the replicas are restarted one by one: no call is lost", () =>
      aRollingRestartLosesNoCall(stack, callers),
    ),
    await noPage(since),
  ];
  await Promise.all(callers.map((caller) => caller.leave()));
  return findings;
}

try {
  const stack = await ScaledStack.start(variables);
  let failures = 0;
  try {
    const findings = await scaleTest(stack);
    failures = findings.filter(({ verdict }) => verdict === "FAILED").length;
    say(report(findings));
  } finally {
    await stack.stop();
  }
  if (failures === 0) stack.deleteData();
  else say(`logs: ${join(OWN, "logs")}`);
  process.exit(failures === 0 ? 0 : 1);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
