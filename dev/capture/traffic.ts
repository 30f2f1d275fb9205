/** Makes happen what has names of its own: a run of the agent, every fault, a refusal, a failed probe; then waits for the scrapes. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Variables } from "../../deploy/stack/settings/environment.ts";
import { frozen } from "../drill/faults.ts";
import { runAgentOnce } from "../lib/agent-run.ts";
import type { BackEnds } from "../lib/back-ends.ts";
import { eventually } from "../lib/poll.ts";
import { Prometheus } from "../lib/prometheus.ts";
import { runningServices } from "../lib/running-services.ts";
import { FAULTS, type FaultName, misbehave } from "../traffic/faults.ts";

const FAULT_MS = 2000;
/** Longer than the interval between two probes: one of them fails. */
const PROBED_MS = 8000;
const SCRAPED_MS = 60_000;

export async function everyKindOfTraffic(backEnds: BackEnds, variables: Variables): Promise<void> {
  const url = new URL(`http://127.0.0.1:${variables.MCP_PORT}/mcp`);
  const refused = await fetch(url, { method: "POST", body: "{" });
  await refused.body?.cancel();
  await runAgentOnce(variables);
  const cause = (fault: FaultName) => misbehave(url, fault, 250, AbortSignal.timeout(FAULT_MS));
  // One after the other: a dependency has one fault at a time.
  for (const fault of Object.keys(FAULTS) as FaultName[]) await cause(fault);

  const thaw = new AbortController();
  const freeze = frozen("mcp-server")({ url, services: runningServices(variables) }, thaw.signal);
  await sleep(PROBED_MS);
  thaw.abort();
  await freeze;

  const prometheus = new Prometheus(backEnds);
  const done = await prometheus.value("time()");
  await eventually(SCRAPED_MS, async () => {
    const late = await prometheus.value(`count(timestamp(up) <= ${done}) or vector(0)`);
    return late === 0 ? true : undefined;
  });
}
