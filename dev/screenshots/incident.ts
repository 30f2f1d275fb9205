/** An incident to look at: a tool fails until the alert about it fires, and goes on failing while somebody looks. */
import { DRILLS } from "../drill/drills.ts";
import type { Target } from "../drill/faults.ts";
import type { BackEnds } from "../lib/back-ends.ts";
import { eventually } from "../lib/poll.ts";
import { Prometheus } from "../lib/prometheus.ts";
import type { Incident } from "./journeys.ts";

const ALERT = "MCPToolHighErrorRate";
/** Longest that the alert takes to fire, in windows of their full length. */
const FIRES_MS = 600_000;

/**
 * @returns what `look` returns; undefined when no tool of this server fails on demand
 * @throws when the alert does not fire
 */
export async function inIncident<T>(
  backEnds: BackEnds,
  target: Target,
  look: (incident: Omit<Incident, "called">) => Promise<T>,
): Promise<T | undefined> {
  const drill = DRILLS.find(({ alert }) => alert === ALERT);
  if (drill === undefined) return undefined;
  const ended = new AbortController();
  const fault = drill.fault(target, ended.signal);
  try {
    const { tool_name: tool = "" } = drill.labels ?? {};
    const prometheus = new Prometheus(backEnds);
    const firing = `count(ALERTS{alertname="${ALERT}", alertstate="firing", tool_name="${tool}"})`;
    await eventually(FIRES_MS, () => prometheus.value(firing));
    return await look({ alert: ALERT, tool });
  } finally {
    ended.abort();
    await fault;
  }
}
