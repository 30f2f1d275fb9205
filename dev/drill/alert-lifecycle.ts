/** One alert's whole way: at rest, firing, at the receiver, resolved. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ReceivedAlert } from "../../deploy/services/alert-receiver/main.ts";
import type { BackEnds } from "../lib/back-ends.ts";
import { eventually } from "../lib/poll.ts";
import { ruleOf } from "../lib/prometheus.ts";
import type { Finding } from "../lib/report.ts";
import { finding } from "../lib/report.ts";
import type { Drill } from "./drills.ts";
import type { Fault, Target } from "./faults.ts";

export interface Stack {
  readonly backEnds: BackEnds;
  readonly target: Target;
  /** By how much its windows are shorter than written: 1, or 0.1 in the fast form. */
  readonly windows: number;
}

export interface LifecycleResult {
  readonly findings: readonly Finding[];
  /** As it arrived. */
  readonly alert: ReceivedAlert | undefined;
  /** Seconds from the fault's begin to its arrival, and from its end to the word that it is over; else NaN. */
  readonly fired: number;
  readonly resolved: number;
}

/** `for` of the rule that tells the form of the stack, as written. */
const PACE = { alert: "MCPToolHighErrorRate", seconds: 120 };
/** Scrapes, evaluations, polls and start-ups, which no form shortens. */
const SLACK_MS = 20_000;
/** Longest that an earlier fault may still be seen. */
const AT_REST_SECONDS = 2400;

/** @returns {@link Stack.windows} */
export async function windowScale(backEnds: BackEnds): Promise<number> {
  return (await ruleOf(backEnds, "prometheus", PACE.alert)).duration / PACE.seconds;
}

/** @param arrived gets the alert as soon as the receiver has it */
export async function runAlertLifecycle(
  { backEnds, target, windows }: Stack,
  drill: Drill,
  arrived: (alert: ReceivedAlert) => void = () => {},
): Promise<LifecycleResult> {
  const { alert: name, labels = {}, ruler = "prometheus" } = drill;
  const findings: Finding[] = [];
  const see = async (signal: string, query: string, seconds: number, look: () => Promise<string | undefined>) => {
    const seen = await finding(signal, query, () => eventually(SLACK_MS + seconds * 1000 * windows, look));
    findings.push(seen);
    return seen.verdict === "ok";
  };
  const isOurs = (other: Readonly<Record<string, string>>) =>
    Object.entries(labels).every(([key, value]) => other[key] === value);
  const ours = async () => (await ruleOf(backEnds, ruler, name)).alerts.filter((alert) => isOurs(alert.labels));
  const told = async () => {
    const alerts = (await backEnds.json("alert-receiver", "/alerts")) as ReceivedAlert[];
    return alerts.filter(({ labels: other }) => other.alertname === name && isOurs(other));
  };
  const received = async (status: ReceivedAlert["status"], since: string) =>
    (await told()).find((alert) => alert.receivedAt >= since && alert.status === status);
  // What fires again before its end was told is no news to Alertmanager.
  const isOver = async () => (await told()).at(-1)?.status !== "firing";

  await during(drill.recovery, target, () =>
    see(`${name} at rest`, name, AT_REST_SECONDS, async () =>
      (await ours()).length === 0 && (await isOver()) && !(await isPaged(backEnds)) ? "inactive" : undefined,
    ),
  );
  if (drill.before !== undefined) {
    const [usual, seconds] = drill.before;
    await during(usual, target, () => sleep(seconds * 1000 * windows));
  }
  const since = new Date().toISOString();
  const began = performance.now();
  let fired = Number.NaN;
  let alert: ReceivedAlert | undefined;
  await during(drill.fault, target, async () => {
    const fires = await see(`${name} fires`, name, drill.fires, async () =>
      (await ours()).some(({ state }) => state === "firing") ? "firing" : undefined,
    );
    if (!fires) return;
    await see(`${name} arrives`, "/alerts", drill.fires, async () => {
      alert = await received("firing", since);
      return alert && `by receiver "${alert.receiver}"`;
    });
    fired = (performance.now() - began) / 1000;
  });
  if (alert === undefined) return { findings, alert, fired: Number.NaN, resolved: Number.NaN };
  arrived(alert);
  const heard = alert.receivedAt;
  const ended = performance.now();
  await during(drill.recovery, target, () =>
    see(`${name} resolves`, "/alerts", drill.ends, async () => (await received("resolved", heard)) && "resolved"),
  );
  return { findings, alert, fired, resolved: (performance.now() - ended) / 1000 };
}

/** A page would inhibit what is drilled next. */
async function isPaged(backEnds: BackEnds): Promise<boolean> {
  const pages = await backEnds.json("alertmanager", "/api/v2/alerts", { filter: 'severity="page"' });
  return Array.isArray(pages) && pages.length > 0;
}

/** @throws what the fault throws: a fault that cannot be made proves nothing */
async function during(fault: Fault | undefined, target: Target, work: () => Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const lasting = fault?.(target, over.signal);
  // Awaited below; until then its failure must not end the process.
  lasting?.catch(() => {});
  try {
    await work();
  } finally {
    over.abort();
    await lasting;
  }
}
