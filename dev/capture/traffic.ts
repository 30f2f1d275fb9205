/** Traffic of every kind that has names of its own (an agent's run, refusals, failures, a failed probe), and the scrapes after it. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
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

/** A tool that reports its progress, a URI of the example's template, and each resource and prompt. */
async function askForAll(url: URL): Promise<void> {
  const client = new Client({ name: "capture", version: "1.0.0" });
  const transport = new StreamableHTTPClientTransport(url);
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  await client.callTool({ name: "countdown", arguments: { from: 1 } }, undefined, { onprogress: () => {} });
  const { resources } = await client.listResources();
  for (const uri of ["times-table://7", ...resources.map((resource) => resource.uri)]) {
    await client.readResource({ uri }).catch(() => {});
  }
  const { prompts } = await client.listPrompts();
  for (const { name } of prompts) await client.getPrompt({ name, arguments: { language: "French" } }).catch(() => {});
  await transport.terminateSession();
  await client.close();
}

export async function everyKindOfTraffic(backEnds: BackEnds, variables: Variables): Promise<void> {
  const url = new URL(`http://127.0.0.1:${variables.MCP_PORT}/mcp`);
  const refused = await fetch(url, { method: "POST", body: "{" });
  await refused.body?.cancel();
  await runAgentOnce(variables);
  await askForAll(url);
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
