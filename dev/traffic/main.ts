/** `make traffic FAULT=…`: causes a fault for a while. */
import { stackVariables } from "../../deploy/stack/settings/environment.ts";
import { BOARDS } from "../../grafana/src/board-names.ts";
import { BackEnds } from "../lib/back-ends.ts";
import { causeFault, FAULTS, type FaultName } from "./faults.ts";

const isFault = (name: string): name is FaultName => name in FAULTS;

const variables = stackVariables();
const { FAULT: fault = "errors", SECONDS = "180", MCP_PORT } = variables;
const seconds = Number(SECONDS);
if (!isFault(fault) || !(seconds > 0)) {
  process.stderr.write(
    `set FAULT to one of ${Object.keys(FAULTS).join(", ")}; SECONDS sets how long it lasts (now ${SECONDS})\n`,
  );
  process.exit(1);
}
const url = new URL(`http://127.0.0.1:${MCP_PORT}/mcp`);
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());
process.stdout.write(`fault "${fault}" on ${url.href} for ${seconds} s; Ctrl-C ends it\n`);
process.stdout.write(`watch it at ${await whereToWatch(FAULTS[fault].tool)}\n`);
try {
  await causeFault(url, fault, 250, AbortSignal.any([stop.signal, AbortSignal.timeout(seconds * 1000)]));
} catch (error) {
  const { message, cause } = error as Error;
  process.stderr.write(
    `no fault could be caused: ${cause instanceof Error ? cause.message : message}; is it up? make up\n`,
  );
  process.exit(1);
}

/** The board of the tool, or without Grafana, the inspector. */
async function whereToWatch(tool: string): Promise<string> {
  const backEnds = await BackEnds.find(variables);
  return backEnds.has("grafana")
    ? backEnds.url("grafana", `/d/${BOARDS.tool.uid}?var-tool=${tool}`)
    : backEnds.url("mcp-server", `/inspect?tool=${tool}`);
}
