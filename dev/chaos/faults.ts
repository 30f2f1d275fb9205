/** What fails beside the server: its collector, the disk of its log, and its dependency. */
import type { BackEnds } from "./back-ends.ts";
import { COLLECTOR_FAULTS, type CollectorFault } from "./collector.ts";
import type { LogDisk } from "./log-disk.ts";
import type { Fault } from "./schedule.ts";
import { UPSTREAM_FAULTS, type UpstreamFault } from "./upstream.ts";

/** The ways of failing, by what fails. */
export const FAULTS: Readonly<Record<string, readonly string[]>> = {
  collector: COLLECTOR_FAULTS,
  disk: ["full"],
  dependency: UPSTREAM_FAULTS,
};

/** @param mode undefined heals */
export async function turn(target: string, mode: string | undefined, backEnds: BackEnds, disk: LogDisk): Promise<void> {
  if (target === "collector") await backEnds.ask({ target, fault: mode as CollectorFault | undefined });
  else if (target === "dependency") await backEnds.ask({ target, fault: mode as UpstreamFault | undefined });
  else if (mode === undefined) disk.heal();
  else disk.fail();
}

/** A failing dependency is felt a while longer: calls that wait for it, and the breaker that it opened. */
const AFTERWARDS_MS = 15_000;

/** Whether a call of that time may say that the dependency fails. Times in milliseconds since the storm began. */
export const dependencyFailed = (faults: readonly Fault[], fromMs: number, untilMs: number): boolean =>
  faults.some(
    (fault) => fault.target === "dependency" && untilMs >= fault.fromMs && fromMs <= fault.untilMs + AFTERWARDS_MS,
  );
