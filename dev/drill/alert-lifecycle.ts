/** One alert from inactive over firing and notified to resolved. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ReceivedAlert } from "../../deploy/services/alert-receiver/main.ts";
import type { BackEnds } from "../lib/back-ends.ts";
import { eventually } from "../lib/poll.ts";
import { ruleOf } from "../lib/prometheus.ts";
import type { Finding } from "../lib/report.ts";
import { finding } from "../lib/report.ts";
import type { Drill } from "./drill.ts";
import type { Fault, Target } from "./faults.ts";

export interface Stack {
  readonly backEnds: BackEnds;
  readonly target: Target;
  /** How long its windows are, relative to the rules as written: 1, or 0.1 in the fast form. */
  readonly windows: number;
}

export interface LifecycleResult {
  readonly findings: readonly Finding[];
  /** As the receiver got it; undefined when it did not. */
  readonly alert: ReceivedAlert | undefined;
  /** Seconds from the fault's start to the notification, and from its end to the one that it is resolved; else NaN. */
  readonly fired: number;
  readonly resolved: number;
}

/** The `for` of one rule as written: compared with the running rule, it says by how much windows are shortened. */
const PACE = { alert: "MCPToolHighErrorRate", seconds: 120 };
/** Time for scrapes, evaluations, polls and start-ups, which the fast form does not shorten. */
const SLACK_MS = 20_000;
/** Longest that an earlier fault may keep an alert firing. */
const AT_REST_SECONDS = 2400;

/** @returns {@link Stack.windows} */
export async function windowScale(backEnds: BackEnds): Promise<number> {
  return (await ruleOf(backEnds, "prometheus", PACE.alert)).duration / PACE.seconds;
}

/** @param arrived called with the alert as soon as the receiver has it */
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
  const matches = (other: Readonly<Record<string, string>>) =>
    Object.entries(labels).every(([key, value]) => other[key] === value);
  const activeAlerts = async () =>
    (await ruleOf(backEnds, ruler, name)).alerts.filter((alert) => matches(alert.labels));
  const notifications = async () => {
    const alerts = (await backEnds.json("alert-receiver", "/alerts")) as ReceivedAlert[];
    return alerts.filter(({ labels: other }) => other.alertname === name && matches(other));
  };
  const received = async (status: ReceivedAlert["status"], since: string) =>
    (await notifications()).find((alert) => alert.receivedAt >= since && alert.status === status);
  // Alertmanager does not notify of an alert that fires again before it notified that it was resolved.
  const isNotifiedAsResolved = async () => (await notifications()).at(-1)?.status !== "firing";

  await during(drill.recovery, target, () =>
    see(`${name} at rest`, name, AT_REST_SECONDS, async () =>
      (await activeAlerts()).length === 0 && (await isNotifiedAsResolved()) && !(await isPaged(backEnds))
        ? "inactive"
        : undefined,
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
      (await activeAlerts()).some(({ state }) => state === "firing") ? "firing" : undefined,
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
  const { receivedAt } = alert;
  const ended = performance.now();
  await during(drill.recovery, target, () =>
    see(`${name} resolves`, "/alerts", drill.ends, async () => (await received("resolved", receivedAt)) && "resolved"),
  );
  return { findings, alert, fired, resolved: (performance.now() - ended) / 1000 };
}

/** Whether a page fires: it would inhibit the drilled alert. */
async function isPaged(backEnds: BackEnds): Promise<boolean> {
  const pages = await backEnds.json("alertmanager", "/api/v2/alerts", { filter: 'severity="page"' });
  return Array.isArray(pages) && pages.length > 0;
}

/** Does the work while the fault goes on. @throws what the fault throws: without its fault a drill proves nothing */
async function during(fault: Fault | undefined, target: Target, work: () => Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  const running = fault?.(target, stop.signal);
  // Awaited below; until then its failure must not end the process.
  running?.catch(() => {});
  try {
    await work();
  } finally {
    stop.abort();
    await running;
  }
}
