/** Traffic of every kind that has names of its own (an agent's run, refusals, failures, a failed probe), and the scrapes after it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Variables } from "../../deploy/stack/settings/environment.ts";
import { frozen } from "../drill/faults.ts";
import { runAgentOnce } from "../lib/agent-run.ts";
import type { BackEnds } from "../lib/back-ends.ts";
import { eventually } from "../lib/poll.ts";
import { Prometheus } from "../lib/prometheus.ts";
import { runningServices } from "../lib/running-services.ts";
import { causeEveryFault } from "../traffic/faults.ts"; // demo

/** Longer than the interval between two probes: one of them fails. */
const PROBED_MS = 8000;
const SCRAPED_MS = 60_000;

export async function everyKindOfTraffic(backEnds: BackEnds, variables: Variables): Promise<void> {
  const url = new URL(`http://127.0.0.1:${variables.MCP_PORT}/mcp`);
  const refused = await fetch(url, { method: "POST", body: "{" });
  await refused.body?.cancel();
  await runAgentOnce(variables);
  await causeEveryFault(url, 2000); // demo

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
